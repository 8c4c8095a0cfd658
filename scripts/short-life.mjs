/**
 * V8's flags for a program that mostly lives for half a second: a function is optimized when it ran some ten times as long as
 * usual, for a short run would pay for it, and end.
 * V8 refuses compiled code that was made under other flags: they are set before any is made, and before any is loaded.
 */
export const SHORT_LIFE = ['--interrupt-budget=1000000'];
