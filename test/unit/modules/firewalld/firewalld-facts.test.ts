import { expect } from 'chai';
import { firewalldFacts } from '../../../../src/modules/firewalld/firewalld-facts.ts';
import { observeFirewalld } from '../../../../src/modules/firewalld/observe.ts';
import { both, host, zone } from '../../../helpers/firewalld.ts';

describe('firewalld_facts', () => {
  it('tells zones as they run and as they come, under the names that firewalld_zone has', () => {
    const seen = host({
      public: both({ services: ['ssh'], ports: ['443/tcp'] }),
      dmz: zone(null, { richRules: ['rule service name="ssh" accept'] }),
      gone: zone(null, null),
    });
    const { data, warnings, findings } = firewalldFacts.inspect(seen, { zones: [] });
    expect({ warnings, findings }).to.deep.equal({ warnings: [], findings: [] });
    expect(data).to.include({ running: true, version: '1.3.3', default_zone: 'public' });
    const zones = data['zones'] as Record<string, Record<string, Record<string, unknown>>>;
    expect(Object.keys(zones)).to.deep.equal(['dmz', 'public', 'trusted']);
    expect(zones['public']?.['runtime']).to.deep.include({
      ...{ services: ['ssh'], ports: ['443/tcp'], target: 'default', forward: true },
    });
    expect(zones['dmz']?.['runtime']).to.equal(null);
    expect(zones['dmz']?.['permanent']?.['rich_rules']).to.deep.equal([
      'rule service name="ssh" accept',
    ]);
  });

  it('warns of a zone that was asked for and is not there, whatever its name', () => {
    const given = { zones: ['nowhere', 'constructor'] };
    expect(firewalldFacts.inspect(host(), given).warnings).to.deep.equal([
      'there is no zone nowhere',
      'there is no zone constructor',
    ]);
    expect(firewalldFacts.problems?.({ zones: ['a b'] })).to.have.length(1);
  });

  it('has every zone with a file of its own looked at, and the connections of all interfaces', () => {
    const { text } = observeFirewalld([firewalldFacts.scope({ zones: ['work'] })]).script;
    expect(text)
      .to.match(/^named=work .* nmif='\*'$/m)
      .and.match(/ edited=1 /);
  });
});
