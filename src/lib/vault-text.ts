/** What an encrypted text holds, apart from how it is written down. */
export interface Envelope {
  /** Name of the password, where one was given. */
  readonly id: string | undefined;
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly cipher: Buffer;
}

const HEADER = /^\$ANSIBLE_VAULT;(1\.[012]);([A-Z0-9]+)(?:;([^\r\n;]+))?[ \t]*\r?(?:\n|$)/;
const WIDTH = 80;

/** Reads a text that Ansible Vault 1.1 or 1.2 made; a sentence says what is wrong where it is none. */
export function readEnvelope(text: string): Envelope | string {
  const clean = text.replace(/^\s+/, '');
  const match = HEADER.exec(clean);
  if (!match) return 'its first line is no $ANSIBLE_VAULT header';
  const [header, version = '', cipherName = '', id] = match;
  if (version === '1.0' || cipherName !== 'AES256')
    return `it is of version ${version} with ${cipherName}; only 1.1 and 1.2 with AES256 are read`;
  const outer = unhex(clean.slice(header.length).replace(/\s+/g, ''));
  if (!outer) return 'what is below its first line is not hexadecimal, or was cut';
  const parts = outer.toString('latin1').split('\n').map(unhex);
  const [salt, hmac, cipher] = parts;
  if (parts.length !== 3 || !salt || !hmac || !cipher || hmac.length !== 32 || cipher.length === 0)
    return 'it was cut or changed';
  return { id: id?.trim(), salt, hmac, cipher };
}

/** Writes it down as ansible-vault does: 1.1, or 1.2 where the password has a name of its own. */
export function writeEnvelope({ id, salt, hmac, cipher }: Envelope): string {
  const named = id !== undefined && id !== 'default';
  const body = Buffer.from([salt, hmac, cipher].map((part) => part.toString('hex')).join('\n'));
  const lines = body.toString('hex').match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [];
  return [`$ANSIBLE_VAULT;${named ? `1.2;AES256;${id}` : '1.1;AES256'}`, ...lines, ''].join('\n');
}

function unhex(text: string): Buffer | undefined {
  return text.length > 0 && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}
