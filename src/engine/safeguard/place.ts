/** Where a host keeps its undos. */
export interface Place {
  /** Gone after a reboot, and with it what was changed at run time only. */
  readonly volatile: string;
  /** Survives a reboot: copies of undos for what has no runtime layer. */
  readonly lasting: string;
  /** Unit files of systemd. */
  readonly units: string;
  /** What OpenRC runs at boot, for hosts without systemd. */
  readonly local: string;
}

/** Where they are on every host; tests take folders of their own. */
export const PLACE: Place = {
  volatile: '/run/orch',
  lasting: '/var/lib/orch',
  units: '/etc/systemd/system',
  local: '/etc/local.d',
};

/** Names one undo of one run on a host: `20261123T010736Z-3f2a91.1`. */
export type UndoId = string;

/** Name of the run an undo belongs to. */
export const runOfUndo = (id: UndoId): string => id.replace(/\.\d+$/, '');

/** Takes away what would run an undo at boot, where there is such a thing: a process is started only then. */
export const unhook = ({ units, local }: Place): string =>
  `for f in ${units}/multi-user.target.wants/orch-undo-boot-$N.service ${units}/orch-undo-boot-$N.service ${local}/orch-undo-$N.start; do { [ ! -e "$f" ] && [ ! -L "$f" ]; } || rm -f "$f"; done`;
