const text = (description: string) => ({ type: 'string', description }) as const;
const flag = (description: string) => ({ type: 'boolean', description }) as const;
const list = (description: string) =>
  ({ type: 'array', items: { type: 'string' }, description }) as const;

/** Options of an archive, as yum.conf(5) names them. */
export const YUM_OPTIONS = {
  async: flag('Loads packages and data in parallel.'),
  bandwidth: text('Most bytes a second; with throttle.'),
  baseurl: list('Address of the archive; several are tried one after the other.'),
  cost: text('The cheaper of two archives is taken; 1000 when left out.'),
  deltarpm_metadata_percentage: text('How large lists of differences may be.'),
  deltarpm_percentage: text('How large differences may be.'),
  enabled: flag('Whether it is used.'),
  enablegroups: flag('Whether groups of packages are taken from it.'),
  exclude: list('Packages that are not taken from it.'),
  failovermethod: {
    enum: ['roundrobin', 'priority'],
    description: 'Which of several addresses comes first.',
  },
  gpgcakey: text('Address of the key that signed the keys.'),
  gpgcheck: flag('Whether packages must be signed.'),
  gpgkey: list('Addresses of the keys that sign packages.'),
  http_caching: {
    enum: ['all', 'packages', 'none'],
    description: 'What proxies may keep.',
  },
  include: text('Address of more settings.'),
  includepkgs: list('The only packages that are taken from it.'),
  ip_resolve: {
    enum: ['4', '6', 'IPv4', 'IPv6', 'whatever'],
    description: 'Over which protocol it is reached.',
  },
  keepalive: flag('Whether connections are kept.'),
  keepcache: {
    enum: ['0', '1'],
    description: 'Whether packages are kept when they are installed.',
  },
  metadata_expire: text('Seconds after which lists are old, or 6h, never.'),
  metadata_expire_filter: {
    enum: ['never', 'read-only:past', 'read-only:present', 'read-only:future'],
    description: 'Which commands look whether lists are old.',
  },
  metalink: text('Address of a list of mirrors with their hashes.'),
  mirrorlist: text('Address of a list of mirrors.'),
  mirrorlist_expire: text('Seconds after which that list is old.'),
  module_hotfixes: flag('Packages of it win over those of module streams.'),
  password: text('Password for it; keep it in a vault.'),
  priority: text('The lower of two archives wins; 99 when left out.'),
  protect: flag('Its packages are not replaced by others.'),
  proxy: text('Address of a proxy, or _none_.'),
  proxy_password: text('Password for the proxy; keep it in a vault.'),
  proxy_username: text('User for the proxy.'),
  repo_gpgcheck: flag('Whether lists must be signed.'),
  retries: text('How often it is tried.'),
  s3_enabled: flag('It is a bucket of S3.'),
  skip_if_unavailable: flag('It is left out when it cannot be reached.'),
  ssl_check_cert_permissions: flag('Whether files of certificates must be private.'),
  sslcacert: { ...text('Folder or file of authorities.'), 'x-aliases': ['ca_cert'] },
  sslclientcert: { ...text('File of our certificate.'), 'x-aliases': ['client_cert'] },
  sslclientkey: { ...text('File of its key.'), 'x-aliases': ['client_key'] },
  sslverify: { ...flag('Whether its certificate must be valid.'), 'x-aliases': ['validate_certs'] },
  throttle: text('Share of bandwidth, or bytes a second.'),
  timeout: text('Seconds to wait for an answer.'),
  ui_repoid_vars: text('Variables that are shown with its id.'),
  username: text('User for it.'),
} as const;
