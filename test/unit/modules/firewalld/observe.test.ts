import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import { observeFirewalld } from '../../../../src/modules/firewalld/observe.ts';
import { RECORDED, reply, scope } from './reply.ts';

const parse = (text: string, more = {}) => observeFirewalld([scope(more)]).parse(reply(text));

/** The code and sentence a reply is refused with. */
function refusal(text: string, exit = 0): readonly string[] {
  try {
    observeFirewalld([scope()]).parse(reply(text, exit));
  } catch (error) {
    if (error instanceof OrchError) return [error.code, error.message];
    throw error;
  }
  return [];
}

describe('the look at firewalld', () => {
  it('gives running and permanent settings of the zones it looked at', () => {
    const { state } = parse(RECORDED);
    expect(state.defaultZone).to.equal('public');
    expect(Object.keys(state.zones)).to.deep.equal(['public', 'trusted']);
    expect(state.zones['public']?.permanent).to.deep.equal(state.zones['public']?.runtime);
    expect(state.zones['public']?.runtime?.ports).to.deep.equal(['80/tcp']);
  });

  it('spells sources in one way and keeps the raw text for the guard', () => {
    const { state, facts } = parse(RECORDED);
    expect(state.zones['trusted']?.runtime?.sources).to.deep.equal(['10.42.0.0/16']);
    expect(facts.raw['runtime trusted']).to.include('10.42.1.1/16');
    expect(facts.raw['permanent trusted']?.split('\n')[0]).to.equal(
      '/usr/lib/firewalld/zones/trusted.xml:<zone target="ACCEPT">',
    );
  });

  it('names every zone there is, and says null for one that is not', () => {
    const text = RECORDED.replace('@end', '@runtime nozone\n\n@end');
    const { state, facts } = parse(text, { zones: ['nozone'] });
    expect(facts.zoneNames).to.deep.equal(['block', 'public', 'trusted']);
    expect(state.zones['nozone']).to.deep.equal({ runtime: null, permanent: null });
  });

  it('puts an interface NetworkManager manages into the zone of its connection', () => {
    const text = RECORDED.replace('@end', '@nm\neth1 uuid-1 trusted\neth0 uuid-0 \n@end');
    const { state, facts } = parse(text, { interfaces: ['eth0', 'eth1'] });
    expect(facts.networkManager['eth1']).to.deep.equal({ uuid: 'uuid-1', zone: 'trusted' });
    expect(state.zones['trusted']?.permanent?.interfaces).to.deep.equal(['eth1']);
    expect(state.zones['public']?.permanent?.interfaces).to.deep.equal(['eth0']);
  });

  it('warns of what else touches the firewall', () => {
    const text = RECORDED.replace(
      '@end',
      '@version\ns "0.9.3"\n@units\nactive\ninactive\nactive\ninactive\n@kube\n134\n@panic\nb true\n@end',
    );
    const { facts } = parse(text);
    expect([facts.version, facts.panic, facts.k3sActive]).to.deep.equal(['0.9.3', true, true]);
    expect(facts.kubeRules).to.equal(134);
    expect(facts.oddities).to.deep.equal([
      'panic mode is on: nothing gets in or out',
      'ufw is active besides firewalld',
    ]);
  });

  it('names chains of others that look at what comes in, but for those of firewalld, iptables and kube-proxy', () => {
    const chains =
      'inet firewalld filter_INPUT\nip filter INPUT\nip6 filter INPUT\nip kube-proxy filter-input\ninet mine in\nip filterer x';
    const { facts } = parse(RECORDED.replace('@end', `@chains\n${chains}\n@end`));
    expect(facts.oddities).to.deep.equal([
      'other chains look at what comes in besides firewalld: inet mine in, ip filterer x; what they drop no zone shows',
    ]);
  });

  it('says what is down in words for the operator', () => {
    expect(refusal('@fail missing\n\n@end\n')).to.deep.equal([
      'FIREWALLD_NOT_INSTALLED',
      'firewalld is not installed',
    ]);
    expect(refusal('@zones\n@fail cli\n36\n@end\n')[0]).to.equal('DBUS_DOWN');
    expect(
      refusal('@fail call\nFailed to connect to bus: No such file or directory\n@end\n'),
    ).to.deep.equal(['DBUS_DOWN', 'D-Bus system bus not reachable']);
    expect(refusal('@fail call\nCall failed: Access denied\n@end\n')[0]).to.equal(
      'FIREWALLD_DENIED',
    );
    expect(refusal('@fail call\nCall failed: Connection timed out\n@end\n')[1]).to.equal(
      'firewalld did not answer within 15 seconds',
    );
    expect(
      refusal('@fail call\nCall failed: Traceback (most):\n  File\nKeyError: x\n@end\n')[1],
    ).to.equal('firewalld answered with an error: KeyError: x');
  });

  it('does not take half a reply for a whole one', () => {
    const [code] = refusal(RECORDED.replace('@end\n', ''));
    expect(code).to.equal('REPLY_UNREADABLE');
    expect(refusal(RECORDED, 1)[0]).to.equal('REPLY_UNREADABLE');
  });

  it('asks only for what a task needs', () => {
    const { script } = observeFirewalld([scope()]);
    expect(script.text).to.not.include('@definitions');
    expect(script.text).to.include("named='public\ntrusted'");
    const full = observeFirewalld([
      scope(),
      scope({ definitions: true, zones: ['dmz'], offline: true }),
    ]);
    expect(full.script.text).to.include('@definitions');
    expect(full.script.text).to.include("named='dmz\npublic\ntrusted'");
    // One task that needs the daemon is enough to ask for it.
    expect(full.script.text).to.match(/^thorough='' edited='' offline=''$/m);
  });
});
