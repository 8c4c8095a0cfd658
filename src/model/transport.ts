import type { Shell } from '../lib/shell.ts';
import type { Secret } from './value.ts';

/** Where a host is and how to log in: finished values, no templates. */
export interface Target {
  /** Name in the inventory, for messages. */
  readonly name: string;
  /** `ssh` is the built-in client, `openssh` the system's. */
  readonly connection: 'ssh' | 'openssh' | 'local';
  readonly address: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly password: Secret | undefined;
  /** known_hosts files, first one first; left out: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHostsFiles: readonly string[] | undefined;
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off';
  /** Milliseconds for TCP connect, banner, key exchange and login together. */
  readonly connectTimeout: number;
  /** Hosts to go through, first one first; left out: none. */
  readonly jumps?: readonly Target[];
  /** For the system's ssh: the name its configuration knows the host by, and what the user says to it. */
  readonly alias?: string;
  readonly sshArgs?: readonly string[];
  /** Keys that may be used if they are there, after `privateKeyFile`; left out: the usual ones in ~/.ssh. */
  readonly identityFiles?: readonly string[];
  /** No key of the agent but those named. */
  readonly identitiesOnly?: boolean;
  /** Socket of the agent, or `none`; left out: SSH_AUTH_SOCK. */
  readonly agent?: string;
  /** The name in known_hosts instead of the address. */
  readonly hostKeyAlias?: string;
  /** A silent host is asked after so many seconds, and is dead when it does not answer so many times; left out: 12 and 3. */
  readonly keepalive?: { readonly seconds: number; readonly count: number };
}

/** Programs that give another identity; only sudo and su take a password without a terminal. */
export type BecomeMethod = 'sudo' | 'su' | 'doas' | 'run0';

/** Who scripts run as. */
export interface Identity {
  /** Left out: the login user. */
  readonly become?: {
    readonly method: BecomeMethod;
    readonly user: string;
    readonly password?: Secret;
    /** Flags instead of the usual ones of the method, as words: `-H -g wheel`. */
    readonly flags?: string;
    /** The program instead of the one of that name in PATH. */
    readonly exe?: string;
  };
}

/** Bytes that a part reads as its standard input, streamed: they are never held whole. */
export interface Input {
  /** How many bytes there are; more or fewer is an error of the source. */
  readonly size: number;
  /** Opens the source when the host asks for it. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** One script of a trip. Each runs in its own subshell with empty input: none can end, starve or move the others. */
export interface Part {
  readonly script: Shell;
  /**
   * Standard input instead of an empty one. It costs one wait for the host. When orch dies meanwhile the part reads a
   * short input to its end, so its script has to know what is whole: `uploadPart` does.
   */
  readonly input?: Input;
  /** Takes standard output as it comes, without a limit; the reply's is empty. What it returns is waited for. */
  readonly output?: (chunk: Buffer) => void | Promise<void>;
  /** Bytes of each stream that the reply keeps; left out: 8 MB. Where it is given, the deadline counts from what was heard last. */
  readonly room?: number;
  /** Hears both streams as they come, besides what is kept. */
  readonly tap?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  /** Milliseconds; when they pass, what runs is ended on the host and the reply says so. */
  readonly deadline?: number;
  /** Earlier parts of the trip that must have exited 0; else this one is skipped. */
  readonly needs?: readonly number[];
}

/** The answer to one part, byte for byte. */
export interface Reply {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Exit status of the part; -1 when it never ran or was ended. */
  readonly exit: number;
  /** Why there is no ordinary exit. */
  readonly ended?: 'skipped' | 'deadline';
  /** Bytes left out because the output was over the limit. */
  readonly cut?: number;
}

/** What a session cost so far. */
export interface LineCounts {
  readonly handshakes: number;
  /** Scripts sent and their replies; login and sudo are not in it. */
  readonly trips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** A file to be put on a host. */
export interface Upload extends Input {
  /** Absolute; any name but one with NUL. */
  readonly path: string;
  /** Octal, set before the file can be seen; left out: that of the file that is replaced, else what umask leaves. */
  readonly mode?: string;
  /** `user`, `:group` or `user:group`; left out: those of the file that is replaced. */
  readonly owner?: string;
}

/** What went over the line. */
export interface Transferred {
  readonly bytes: number;
  /** Of all bytes; both ends agree on it. */
  readonly sha256: string;
}

/** An open line to one host. Trips run one after the other. */
export interface Session {
  /**
   * Sends all parts as one script and reads one reply back. Rejects with OrchError LINE_BROKEN ("may have
   * happened"), BECOME_FAILED, LOGIN_REFUSED (the account has no usable shell) or, when aborted, INTERRUPTED;
   * an exit status other than 0 is an answer.
   */
  trip(parts: readonly Part[], identity: Identity, signal?: AbortSignal): Promise<readonly Reply[]>;
  /**
   * Writes a file in one trip and constant memory: at every moment the old file or the whole new one is there, and
   * nothing else is left. Rejects with TRANSFER_FAILED, or as `trip` does.
   */
  upload(file: Upload, identity: Identity, signal?: AbortSignal): Promise<Transferred>;
  /** Reads a file in one trip and constant memory. Rejects with TRANSFER_FAILED, or as `trip` does. */
  download(
    path: string,
    sink: (chunk: Buffer) => void | Promise<void>,
    identity: Identity,
    signal?: AbortSignal,
  ): Promise<Transferred>;
  readonly counts: LineCounts;
  /**
   * Closes the line. What is said in farewell is run by the host as those users, if they have a shell there, and not
   * waited for: its reply is lost.
   */
  close(farewells?: readonly { readonly part: Part; readonly identity: Identity }[]): Promise<void>;
}

/** Opens lines. Rejects with HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED or LOGIN_REFUSED. */
export type Connect = (target: Target, signal?: AbortSignal) => Promise<Session>;
