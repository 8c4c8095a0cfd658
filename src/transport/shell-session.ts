import { OrchError } from '../lib/errors.ts';
import type {
  Identity,
  LineCounts,
  Part,
  Reply,
  Session,
  Transferred,
  Upload,
} from '../model/transport.ts';
import { elevation } from './become.ts';
import { downloadFile, uploadFile } from './transfer.ts';
import { IdentityShell, type Tally } from './identity-shell.ts';
import type { Line } from './pipe.ts';
import { interrupted } from './shell-errors.ts';

/** A session over any line that can start programs: one shell per identity, trips one after the other. */
export class ShellSession implements Session {
  readonly #line: Line;
  readonly #tally: Tally = { trips: 0, bytesOut: 0, bytesIn: 0 };
  readonly #shells = new Map<string, IdentityShell>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(line: Line) {
    this.#line = line;
  }

  /** A snapshot: later trips do not change it. */
  get counts(): LineCounts {
    return { handshakes: this.#line.handshakes, ...this.#tally };
  }

  trip(
    parts: readonly Part[],
    identity: Identity,
    signal?: AbortSignal,
  ): Promise<readonly Reply[]> {
    const turn = this.#queue.then(() => this.#run(parts, identity, signal));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  upload(file: Upload, identity: Identity, signal?: AbortSignal): Promise<Transferred> {
    return uploadFile(this, this.#line.label, file, identity, signal);
  }

  download(
    path: string,
    sink: (chunk: Buffer) => void | Promise<void>,
    identity: Identity,
    signal?: AbortSignal,
  ): Promise<Transferred> {
    return downloadFile(this, this.#line.label, { path, sink }, identity, signal);
  }

  async close(farewells: Parameters<Session['close']>[0] = []): Promise<void> {
    const said = this.#line.broken
      ? []
      : farewells.flatMap(({ part, identity }) => {
          const shell = this.#shells.get(this.#keyOf(identity));
          return shell ? [shell.leave(part)] : [];
        });
    // Shells end with their line: the host closes their input. One that hangs is not waited for.
    this.#shells.clear();
    if (said.length > 0) await Promise.all(said).catch(() => undefined);
    await this.#line.close();
  }

  async #run(
    parts: readonly Part[],
    identity: Identity,
    signal?: AbortSignal,
  ): Promise<readonly Reply[]> {
    if (signal?.aborted) throw interrupted(this.#line);
    if (parts.length === 0) return [];
    const { label, broken } = this.#line;
    if (broken) {
      throw new OrchError('LINE_BROKEN', `${label}: ${broken}; nothing more was sent`, {
        hint: 'Run again: orch looks first and does what is left.',
      });
    }
    const key = this.#keyOf(identity);
    const shell = this.#shells.get(key) ?? new IdentityShell(this.#line, identity, this.#tally);
    this.#shells.set(key, shell);
    return await shell.run(parts, signal);
  }

  #keyOf(identity: Identity): string {
    const become = elevation(identity, this.#line.user);
    if (!become) return '';
    const { method, user, password, flags, exe } = become;
    return JSON.stringify([method, user, password?.reveal(), flags, exe]);
  }
}
