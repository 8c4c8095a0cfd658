import pc from 'picocolors';

/** How human output is to look: what to show and in which colours. */
export interface View {
  readonly colors: Colors;
  readonly diff: boolean;
  /** Number of `-v`. */
  readonly verbosity: number;
}

/** Colours by meaning, as Ansible has them; all of them plain text when colour is off. */
export interface Colors {
  readonly ok: Paint;
  readonly changed: Paint;
  readonly failed: Paint;
  readonly skipped: Paint;
  readonly warning: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

type Paint = (text: string) => string;

/** The colours, or none. */
export function colors(on: boolean): Colors {
  const paint = pc.createColors(on);
  return {
    ok: paint.green,
    changed: paint.yellow,
    failed: paint.red,
    skipped: paint.cyan,
    warning: paint.magenta,
    added: paint.green,
    removed: paint.red,
    strong: paint.bold,
    faint: paint.dim,
  };
}
