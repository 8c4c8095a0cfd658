/**
 * V8's flags for a program that mostly lives for half a second and drops little of what it makes. The young generation, once
 * it is full, grows to its usual size at once instead of doubling its way there: two in three collections are saved. And a
 * function is optimized when it ran some ten times as long as usual: a short run would pay for it, and end.
 * V8 refuses compiled code that was made under other flags: they are set before any is made, and before any is loaded.
 */
export const SHORT_LIFE = ['--semi-space-growth-factor=8', '--interrupt-budget=1000000'];
