import { didYouMean } from '../../lib/nearest.ts';

/** How K3s reads a flag. `addresses` is a list whose order counts and that two files never share. */
export type FlagType = 'list' | 'addresses' | 'integer' | 'duration' | 'boolean' | 'string';

/** What is known of a flag of K3s (v1.30 to v1.32: pkg/cli/cmds/server.go and agent.go). */
export interface Flag {
  readonly type: FlagType;
  readonly on: 'server' | 'both';
  /** Its value is a secret. */
  readonly secret: boolean;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const AGENT = new Set(
  words(`
  node-ip node-external-ip cluster-dns flannel-iface flannel-conf flannel-cni-conf node-name with-node-id
  node-label node-taint kubelet-arg kube-proxy-arg airgap-extra-registry lb-server-port v token token-file server
  data-dir docker disable-default-registry-endpoint protect-kernel-defaults rootless prefer-bundled-bin selinux debug
  alsologtostderr image-credential-provider-bin-dir image-credential-provider-config container-runtime-endpoint
  image-service-endpoint default-runtime pause-image snapshotter private-registry resolv-conf vpn-auth vpn-auth-file
  vmodule log enable-pprof node-internal-dns node-external-dns disable-apiserver-lb bind-address nonroot-devices`),
);

const SECRETS = new Set(
  words(
    `token agent-token datastore-endpoint etcd-s3-access-key etcd-s3-secret-key etcd-s3-session-token vpn-auth`,
  ),
);

const BY_TYPE: Readonly<Record<FlagType, readonly string[]>> = {
  addresses: words('node-ip node-external-ip cluster-cidr service-cidr cluster-dns'),
  list: words(`
    tls-san kube-apiserver-arg etcd-arg kube-scheduler-arg kube-controller-manager-arg
    kube-cloud-controller-manager-arg disable node-label node-taint kubelet-arg kube-proxy-arg
    airgap-extra-registry node-internal-dns node-external-dns`),
  integer: words(
    'https-listen-port advertise-port supervisor-port apiserver-port lb-server-port etcd-snapshot-retention etcd-s3-retention v',
  ),
  duration: words('etcd-s3-timeout'),
  boolean: words(`
    tls-san-security flannel-ipv6-masq flannel-external-ip cluster-init cluster-reset etcd-expose-metrics
    etcd-disable-snapshots etcd-snapshot-compress etcd-s3 etcd-s3-skip-ssl-verify etcd-s3-insecure disable-scheduler
    disable-cloud-controller disable-kube-proxy disable-network-policy disable-helm-controller disable-apiserver
    disable-controller-manager disable-etcd disable-apiserver-lb embedded-registry supervisor-metrics with-node-id
    docker disable-default-registry-endpoint protect-kernel-defaults secrets-encryption enable-pprof rootless
    prefer-bundled-bin selinux disable-agent debug alsologtostderr nonroot-devices`),
  string: words(`
    bind-address advertise-address data-dir service-node-port-range cluster-domain flannel-backend
    egress-selector-mode servicelb-namespace write-kubeconfig write-kubeconfig-mode write-kubeconfig-group
    helm-job-image token token-file agent-token agent-token-file server cluster-reset-restore-path datastore-endpoint
    datastore-cafile datastore-certfile datastore-keyfile kine-tls etcd-snapshot-name etcd-snapshot-schedule-cron
    etcd-snapshot-dir etcd-s3-endpoint etcd-s3-endpoint-ca etcd-s3-access-key etcd-s3-secret-key etcd-s3-session-token
    etcd-s3-bucket etcd-s3-bucket-lookup-type etcd-s3-region etcd-s3-folder etcd-s3-proxy etcd-s3-config-secret
    default-local-storage-path node-name image-credential-provider-bin-dir image-credential-provider-config
    container-runtime-endpoint image-service-endpoint default-runtime pause-image snapshotter private-registry
    system-default-registry resolv-conf flannel-iface flannel-conf flannel-cni-conf vpn-auth vpn-auth-file vmodule
    log secrets-encryption-provider multi-cluster-cidr kube-controller-manager-extra-env`),
};

/** All flags of K3s that can stand in its configuration file, by name. */
export const FLAGS: ReadonlyMap<string, Flag> = new Map(
  (Object.keys(BY_TYPE) as FlagType[]).flatMap((type) =>
    BY_TYPE[type].map((name): [string, Flag] => [
      name,
      { type, on: AGENT.has(name) ? 'both' : 'server', secret: SECRETS.has(name) },
    ]),
  ),
);

/** Whether the value of a flag is a secret by its nature. */
export const isSecretFlag = (name: string): boolean => FLAGS.get(name)?.secret === true;

/** Flags by the danger of changing them on a living cluster; why is a sentence for the operator. */
export const DANGERS: ReadonlyMap<string, string> = new Map([
  ...['cluster-cidr', 'service-cidr', 'cluster-dns', 'cluster-domain'].map(
    (name) =>
      [name, 'it cannot be changed once a cluster exists (k3s issues 2603, 3967, 6136)'] as const,
  ),
  ['flannel-backend', 'all servers and then all nodes must be restarted together'],
  ['https-listen-port', 'agents know the old port from their server URL'],
  ['node-name', 'the node would join again under the new name'],
  ['with-node-id', 'the node would join again under a new name'],
]);

/** What is wrong with the name of a flag; nothing when K3s knows it. */
export function nameProblem(name: string): string | undefined {
  if (FLAGS.has(name)) return undefined;
  if (name.startsWith('-')) return `write ${name} without its dashes, as in the configuration file`;
  const spelt = name.replaceAll('_', '-').toLowerCase();
  const close = FLAGS.has(spelt) ? ` Did you mean "${spelt}"?` : didYouMean(name, FLAGS.keys());
  return `K3s has no flag "${name}" and would skip it without a word.${close}`;
}
