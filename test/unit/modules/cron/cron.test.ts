import { expect } from 'chai';
import { cron, type CronParams } from '../../../../src/modules/cron/cron.ts';
import { refused, seenIn, wanted } from '../../../helpers/host-shell.ts';

const params: CronParams = {
  name: 'save',
  job: '/bin/save',
  state: 'present',
  minute: '17',
  hour: 3,
  day: '*',
  month: '*',
  weekday: '*',
  disabled: false,
  user: 'root',
  env: false,
};
const text = (more: Partial<CronParams>, ...rows: readonly string[]): string | null => {
  const given = { ...params, ...more };
  const reply =
    rows.length === 0 ? '=end\n' : `=text\n${rows.map((row) => ` ${row}\n`).join('')}=end\n`;
  return wanted(cron, seenIn(cron, given, reply), given).text;
};

describe('cron', () => {
  it('marks a job as Ansible does, and finds it again', () => {
    const made = text({}, '# mine', '1 1 * * * /bin/other');
    expect(made).to.equal('# mine\n1 1 * * * /bin/other\n#Ansible: save\n17 3 * * * /bin/save\n');
    expect(text({ minute: '*/5' }, '#Ansible: save', '17 3 * * * /bin/save', '# mine')).to.equal(
      '#Ansible: save\n*/5 3 * * * /bin/save\n# mine\n',
    );
    expect(text({}, '#Ansible: save')).to.equal('#Ansible: save\n17 3 * * * /bin/save\n');
  });

  it('writes other times, disabled jobs, and users in files of cron.d', () => {
    expect(text({ special_time: 'daily', disabled: true })).to.equal(
      '#Ansible: save\n#@daily /bin/save\n',
    );
    expect(text({ cron_file: 'k3s', user: 'ops' })).to.equal(
      '#Ansible: save\n17 3 * * * ops /bin/save\n',
    );
    expect(cron.scope({ ...params, cron_file: 'k3s' })).to.deep.equal({
      user: '',
      file: '/etc/cron.d/k3s',
    });
  });

  it('takes a job away, and the table with the last', () => {
    expect(text({ state: 'absent' }, '# mine', '#Ansible: save', '17 3 * * * /bin/save')).to.equal(
      '# mine\n',
    );
    expect(text({ state: 'absent' }, '#Ansible: save', '17 3 * * * /bin/save')).to.equal(null);
    expect(text({ state: 'absent' })).to.equal(null);
  });

  it('sets variables above the jobs', () => {
    expect(text({ env: true, name: 'MAILTO', job: 'ops@example.com' }, '1 1 * * * x')).to.equal(
      'MAILTO="ops@example.com"\n1 1 * * * x\n',
    );
    expect(
      text({ env: true, name: 'MAILTO', state: 'absent' }, 'MAILTO=x', '1 1 * * * x'),
    ).to.equal('1 1 * * * x\n');
  });

  it('refuses a user who is not there, and is content that such a user has no jobs', () => {
    const now = seenIn(cron, params, '=unknown\n=end\n');
    expect(refused(cron, now, params)).to.equal('the host has no user root');
    expect(wanted(cron, now, { ...params, state: 'absent' })).to.deep.equal(now.state);
  });

  it('wants a job, and one way to tell the time', () => {
    expect(cron.problems?.({ name: 'x' })[0]?.message).to.equal('job is missing');
    expect(
      cron.problems?.({ name: 'x', job: 'y', special_time: 'daily', hour: 3 })[0]?.message,
    ).to.contain('exclude');
  });
});
