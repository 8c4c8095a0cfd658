import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createGreeter } from 'node:net';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ActionModule, ActionResult } from '../../../../src/model/module.ts';
import { Secret } from '../../../../src/model/value.ts';
import { getUrl } from '../../../../src/modules/actions/get-url.ts';
import { uri } from '../../../../src/modules/actions/uri.ts';
import { waitFor } from '../../../../src/modules/actions/wait-for.ts';

const URL_ = {
  validate_certs: true,
  force_basic_auth: false,
  http_agent: 'orch',
  use_proxy: false,
};
const URI = {
  ...URL_,
  method: 'GET',
  body_format: 'raw',
  status_code: [200],
  return_content: false,
  follow_redirects: 'safe',
};
const GET = { ...URL_, force: false, backup: false, unsafe_writes: false };

/** Run beside this process, which is the server. */
async function ran(module: unknown, params: object): Promise<ActionResult> {
  const one = module as ActionModule<object>;
  const child: ChildProcess = spawn('sh', ['-s']);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin?.end(one.script(params).text);
  const exit = await new Promise<number>((done) => child.on('close', (code) => done(code ?? -1)));
  return one.parse({ stdout: Buffer.concat(out), stderr: Buffer.concat(err), exit }, params);
}

describe('web servers, asked from a host', () => {
  const DATED = Date.UTC(2020, 0, 1);
  let server: Server;
  let sums = '';
  let base = '';
  let dir = '';
  const heard: { request: IncomingMessage; body: string }[] = [];
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'orch-web-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ request, body });
        if (request.url === '/json') {
          response.setHeader('Content-Type', 'application/json');
          response.end('{"a":[1,2]}');
        } else if (request.url === '/moved') {
          response.writeHead(302, { Location: '/file' });
          response.end();
        } else if (request.url === '/file') response.end('data\n');
        else if (request.url === '/sums') response.end(sums);
        else if (request.url === '/dated') {
          const since = Date.parse(request.headers['if-modified-since'] ?? '');
          response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
          response.statusCode = since >= DATED ? 304 : 200;
          response.end(since >= DATED ? '' : 'dated\n');
        } else {
          response.statusCode = 404;
          response.end('nothing');
        }
      });
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  it('are judged by their status', async () => {
    const good = await ran(uri, { ...URI, url: `${base}/json` });
    expect(good.failed).to.equal(undefined);
    expect(good.data).to.deep.include({
      status: 200,
      changed: false,
      json: { a: [1, 2] },
      content_type: 'application/json',
    });
    const bad = await ran(uri, { ...URI, url: `${base}/none` });
    expect(bad.failed).to.contain('Status code was 404 and not [200]');
    expect((await ran(uri, { ...URI, url: `${base}/none`, status_code: [404] })).failed).to.equal(
      undefined,
    );
    expect((await ran(uri, { ...URI, url: 'http://127.0.0.1:1/' })).data['status']).to.equal(-1);
  });

  it('get what is sent, and no password is in a list of processes', async () => {
    const body = { name: 'a "b"', key: new Secret('hush-hush') };
    const params = {
      ...URI,
      url: `${base}/json`,
      method: 'POST',
      body,
      body_format: 'json',
      url_username: 'me',
      url_password: 'p"w',
    };
    await ran(uri, params);
    const last = heard.at(-1);
    expect(JSON.parse(last?.body ?? '')).to.deep.equal({ name: 'a "b"', key: 'hush-hush' });
    expect(last?.request.headers['content-type']).to.equal('application/json');
    expect(last?.request.headers.authorization).to.equal(
      `Basic ${Buffer.from('me:p"w').toString('base64')}`,
    );
    expect(uri.script(params as never).text).to.match(/curl -q -K - "\$@"/);
  });

  it('redirect safely', async () => {
    const got = await ran(uri, { ...URI, url: `${base}/moved`, return_content: true });
    expect(got.data).to.include({ status: 200, redirected: true, content: 'data\n' });
  });

  it('give files, once', async () => {
    const dest = join(dir, 'f');
    const checksum = 'sha1:41fd36ecd5e5f3d8b1e6aa2d2d1a8d3ff2b4ac75';
    expect(
      (await ran(getUrl, { ...GET, url: `${base}/file`, dest, mode: '0600' })).data,
    ).to.include({ changed: true, dest, mode: '0600', size: 5 });
    expect(readFileSync(dest, 'utf8')).to.equal('data\n');
    expect(
      (await ran(getUrl, { ...GET, url: `${base}/file`, dest, mode: '0600' })).changed,
    ).to.equal(false);
    writeFileSync(dest, 'old\n');
    const wrong = await ran(getUrl, { ...GET, url: `${base}/file`, dest, checksum });
    expect(wrong.failed).to.contain('did not match');
    expect(readFileSync(dest, 'utf8')).to.equal('old\n');
    expect(
      (await ran(getUrl, { ...GET, url: `${base}/file`, dest, force: true })).changed,
    ).to.equal(true);
    expect(
      (await ran(getUrl, { ...GET, url: `${base}/none`, dest, force: true })).failed,
    ).to.contain('404');
  });

  it('give files that a list has the sums of', async () => {
    const sum = createHash('sha256').update('data\n').digest('hex');
    const get = (list: string): Promise<ActionResult> => {
      sums = list;
      const checksum = `sha256:${base}/sums`;
      return ran(getUrl, { ...GET, url: `${base}/file`, dest: join(dir, 'summed'), checksum });
    };
    expect((await get(`0a0a  other\n${sum} *./file\r\n`)).changed).to.equal(true);
    expect((await get(sum.toUpperCase())).changed).to.equal(false);
    expect((await get(`${'0'.repeat(64)}  file\n`)).failed).to.contain('did not match');
    expect((await get(`${sum}  other\n`)).failed).to.equal(
      `Unable to find a checksum for file 'file' in '${base}/sums'`,
    );
    expect(readFileSync(join(dir, 'summed'), 'utf8')).to.equal('data\n');
  });

  it('are asked for what is newer than the file that is there', async () => {
    const dest = join(dir, 'since');
    const get = (): Promise<ActionResult> => ran(getUrl, { ...GET, url: `${base}/dated`, dest });
    expect((await get()).changed).to.equal(true);
    expect((await get()).data).to.include({ changed: false, status_code: 304 });
    utimesSync(dest, 1e9, 1e9);
    writeFileSync(dest, 'mine\n');
    utimesSync(dest, 1e9, 1e9);
    expect((await get()).data).to.include({ changed: true, status_code: 200 });
    expect(readFileSync(dest, 'utf8')).to.equal('dated\n');
  });

  it('tell cookies, and what they sent goes into a file or folder', async () => {
    const told = await ran(uri, { ...URI, url: `${base}/dated`, dest: dir });
    expect(told.data).to.deep.include({
      path: join(dir, 'dated'),
      cookies: { a: '1', b: '2' },
      cookies_string: 'a=1; b=2',
    });
    expect(statSync(join(dir, 'dated')).mode & 0o044).to.equal(0o044);
    const none = await ran(uri, { ...URI, url: `${base}/none`, status_code: [404] });
    expect(none.data['msg']).to.equal('HTTP Error 404: Not Found');
    await ran(uri, { ...URI, url: `${base}/json`, method: 'POST', body: 'a=1' });
    expect(heard.at(-1)?.request.headers['content-type']).to.equal(
      'application/x-www-form-urlencoded',
    );
    const spared = await ran(uri, { ...URI, url: `${base}/json`, creates: '/' });
    expect(spared.data).to.include({ changed: false, stdout: "skipped, since '/' exists" });
  });

  it('are waited for by their port', async () => {
    const { port } = server.address() as AddressInfo;
    const WAIT = {
      host: '127.0.0.1',
      state: 'started',
      delay: 0,
      timeout: 2,
      sleep: 1,
      connect_timeout: 1,
    };
    expect((await ran(waitFor, { ...WAIT, port })).failed).to.equal(undefined);
    const greeter = createGreeter((socket) => socket.write('SSH-2.0-Orch\r\n')).listen(0);
    await once(greeter, 'listening');
    const { port: talks } = greeter.address() as AddressInfo;
    const said = { ...WAIT, port: talks, search_regex: 'SSH-(?P<v>[\\d.]+)' };
    const heard = await ran(waitFor, said);
    expect(heard.failed).to.equal(undefined);
    expect(heard.data['match_groupdict']).to.deep.equal({ v: '2.0' });
    const other = await ran(waitFor, { ...said, search_regex: 'FTP', timeout: 0 });
    expect(other.failed).to.contain('Timeout when waiting for search string FTP in 127.0.0.1');
    greeter.close();
    expect((await ran(waitFor, { ...WAIT, port: 1, timeout: 0 })).failed).to.contain('127.0.0.1:1');
    expect((await ran(waitFor, { ...WAIT, port: 1, state: 'stopped' })).failed).to.equal(undefined);
  });
});
