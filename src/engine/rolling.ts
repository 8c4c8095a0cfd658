/** What is said about how many hosts change at a time. */
export interface Rollout {
  /** Hosts that change first, alone; nobody follows unless all of them end well. */
  readonly canary: number;
  /** Hosts that may be out of service at the same time; nothing: all. */
  readonly window: number | undefined;
  /** Of these hosts so many may be out of service at the same time. */
  readonly quorum?: { readonly members: ReadonlySet<string>; readonly most: number };
}

/**
 * Lets hosts change one after the other. Only changes wait: every host is looked at at once, and one that is right
 * already neither waits nor counts. A host that has begun goes through to its end, whatever the others do. Where only so
 * many may be out of service, those that cannot be reached count, and nobody begins before all were looked at.
 */
export class Rolling {
  readonly #rollout: Rollout;
  readonly #begun = new Set<string>();
  readonly #atWork = new Set<string>();
  readonly #well = new Set<string>();
  readonly #known = new Set<string>();
  readonly #given: Given;
  #open: boolean;
  #broken: string | undefined;

  constructor(rollout: Rollout, given: Given = NOBODY) {
    this.#rollout = rollout;
    this.#given = given;
    this.#open = given.total === 0 || !bounded(rollout);
  }

  /** Why nobody else may begin, now or ever; nothing while that may still change. */
  refusal(host: string): string | undefined {
    if (this.#broken !== undefined) return `${this.#broken} went first and ended badly`;
    if (!this.#open || !bounded(this.#rollout)) return undefined;
    const lost = this.#lost();
    const over = this.#limits(host).find(
      ({ counts, most }) => lost.filter(counts).length >= Math.max(most, 1),
    );
    if (!over) return undefined;
    return `${lost.filter(over.counts).join(', ')} cannot be reached, and max_unavailable allows ${over.most} to be out of service`;
  }

  /** Whether hosts begin in the order of the play, and not as they are ready. */
  get ordered(): boolean {
    return bounded(this.#rollout);
  }

  /** Whether a host has begun to change: it waits for nobody any more. */
  begun(host: string): boolean {
    return this.#begun.has(host);
  }

  /** A host was looked at, or waits, or is through. `opened` is called once all are. */
  knows(host: string, opened: () => void): void {
    if (this.#open) return;
    this.#known.add(host);
    if (this.#known.size < this.#given.total) return;
    // Whoever made it complete has to wait first: then all go in their order.
    setImmediate(() => {
      this.#open = true;
      opened();
    });
  }

  /** Takes a place for a host, if there is one now. */
  take(host: string): boolean {
    if (this.#begun.has(host)) return true;
    if (!this.#open) return false;
    const { canary } = this.#rollout;
    const proving = this.#well.size < canary;
    if (proving && this.#begun.size >= canary) return false;
    const away = bounded(this.#rollout) ? [...new Set([...this.#atWork, ...this.#lost()])] : [];
    for (const { counts, most } of this.#limits(host))
      if (away.filter(counts).length >= most) return false;
    this.#begun.add(host);
    this.#atWork.add(host);
    return true;
  }

  /** A host is through. One that began and ended badly is the end for those that did not begin. */
  end(host: string, well: boolean): void {
    if (!this.#atWork.delete(host)) return;
    if (well) this.#well.add(host);
    else this.#broken ??= host;
  }

  #own(host: string): boolean {
    return this.#atWork.has(host) || this.#given.hosts.has(host);
  }

  #lost(): readonly string[] {
    return this.#given.lost().filter((name) => !this.#atWork.has(name));
  }

  #limits(host: string): readonly Limit[] {
    const { window, quorum } = this.#rollout;
    return [
      ...(window === undefined
        ? []
        : [{ most: window, counts: (name: string) => this.#own(name) }]),
      ...(quorum?.members.has(host)
        ? [{ most: quorum.most, counts: (name: string) => quorum.members.has(name) }]
        : []),
    ];
  }
}

interface Limit {
  readonly most: number;
  readonly counts: (host: string) => boolean;
}

/** What a rollout is told of its hosts. */
export interface Given {
  /** Hosts that are waited for before the first begins; 0: none. */
  readonly total: number;
  /** Those that it is about. */
  readonly hosts: ReadonlySet<string>;
  /** Hosts of the run that cannot be reached, as far as is known by now. */
  lost(): readonly string[];
}

const NOBODY: Given = { total: 0, hosts: new Set(), lost: () => [] };

const bounded = ({ window, quorum }: Rollout): boolean =>
  window !== undefined || quorum !== undefined;
