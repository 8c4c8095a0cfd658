/**
 * V8's flags for a program that mostly lives for half a second. The young generation, once it is full, grows to its usual size
 * at once instead of doubling its way there, and garbage is not marked step by step beside the work: on a machine with two
 * cores, of which the hosts of a lab or the other children of a shell want one, both together save 3 % of a short run. A
 * function is optimized when it ran some ten times as long as usual, for a short run would pay for it, and end.
 * V8 refuses compiled code that was made under other flags: they are set before any is made, and before any is loaded.
 */
export const SHORT_LIFE = [
  '--semi-space-growth-factor=8',
  '--no-incremental-marking',
  '--interrupt-budget=1000000',
];
