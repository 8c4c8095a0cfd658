/**
 * Thrown where a template asks what other hosts did before this task, and they have not done it yet. It is no
 * error: whoever evaluates waits for them, then asks again. Nothing but the engine may catch it.
 */
export class Behind extends Error {
  override readonly name = 'Behind';
}
