import { expect } from 'chai';
import { aptRepository } from '../../../../src/modules/packages/apt-repository.ts';
import { deb822Repository } from '../../../../src/modules/packages/deb822-repository.ts';
import { fileNameFor } from '../../../../src/modules/packages/source-line.ts';
import { finished } from '../../../helpers/finished.ts';
import { onThisHost, refused, seenIn, stepsOf, wanted } from '../../../helpers/host-shell.ts';

const OS = '=os\n ID=debian\n VERSION_CODENAME=bookworm\n';
const REPO = 'deb [signed-by=/k.asc] https://download.docker.com/linux/debian bookworm stable';
const LIST = '/etc/apt/sources.list.d/docker.list';

describe('apt_repository', () => {
  const given = finished(aptRepository, { repo: REPO, filename: 'docker' });
  const seen = (files: string) => seenIn(aptRepository, given, `${OS}${files}=end\n`);

  it('writes a line and loads the lists; together with other lines, once', () => {
    const now = seen('');
    expect(stepsOf(aptRepository, now, given)).to.deep.equal([LIST, 'lists of packages']);
    expect(wanted(aptRepository, now, given).files[LIST]).to.equal(`${REPO}\n`);
  });

  it('finds the line in any file, with other blanks and a comment behind it', () => {
    const spaced = REPO.replaceAll(' ', '  ');
    const now = seen(`=file /etc/apt/sources.list\n ${spaced} # ours\n`);
    expect(stepsOf(aptRepository, now, given)).to.deep.equal([]);
  });

  it('frees a line that is commented out', () => {
    const now = seen(`=file /etc/apt/sources.list\n # ${REPO}\n`);
    expect(wanted(aptRepository, now, given).files['/etc/apt/sources.list']).to.equal(`${REPO}\n`);
  });

  it('takes the line out of every file, and a file with nothing else away', () => {
    const gone = finished(aptRepository, { repo: REPO, state: 'absent' });
    const now = seen(`=file /etc/apt/sources.list\n # main\n ${REPO}\n=file ${LIST}\n ${REPO}\n`);
    const { files } = wanted(aptRepository, now, gone);
    expect(files['/etc/apt/sources.list']).to.equal('# main\n');
    expect(files[LIST]).to.equal(null);
  });

  it('names files as Ansible does', () => {
    expect(fileNameFor(REPO)).to.equal('download_docker_com_linux_debian');
    expect(fileNameFor('deb https://user:pw@x.example:8080/a b c')).to.equal('x_example_8080_a');
  });

  it('takes no ppa and no half a line', () => {
    expect(aptRepository.problems?.({ repo: 'ppa:x/y' })[0]?.hint).to.contain('launchpadcontent');
    expect(aptRepository.problems?.({ repo: 'https://x' })[0]?.message).to.contain('no line');
    expect(aptRepository.problems?.({ repo: REPO })).to.deep.equal([]);
  });

  it('reads this machine, where it has apt', function () {
    if (onThisHost('command -v apt-get').exit !== 0) this.skip();
    const probe = aptRepository.resource.observe([aptRepository.scope(given)]);
    expect(probe.parse(onThisHost(probe.script.text)).facts.id).to.not.equal('');
  });
});

describe('deb822_repository', () => {
  const KEY = 'https://download.docker.com/linux/debian/gpg';
  const BASE = '/etc/apt/keyrings/docker-ce';
  const FILE = '/etc/apt/sources.list.d/docker-ce.sources';
  const basic = { name: 'Docker CE', uris: 'https://x/debian', suites: ['bookworm'] };
  const given = finished(deb822Repository, { ...basic, components: 'stable', signed_by: KEY });

  it('writes the file and brings the key, without loading lists', () => {
    const now = seenIn(deb822Repository, given, `${OS}=key ${BASE}\n missing asc\n=end\n`);
    expect(stepsOf(deb822Repository, now, given)).to.deep.equal([`key ${BASE}.asc`, FILE]);
    expect(wanted(deb822Repository, now, given).files[FILE]).to.equal(
      'X-Repolib-Name: Docker CE\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker-ce.asc\n' +
        'Suites: bookworm\nTypes: deb\nURIs: https://x/debian\n',
    );
  });

  it('says why an address gives no key', () => {
    const now = seenIn(deb822Repository, given, `${OS}=key ${BASE}\n failed no route\n=end\n`);
    expect(refused(deb822Repository, now, given)).to.contain('no route');
  });

  it('takes a key as text, a path or a fingerprint', () => {
    const text = (signed_by: string): unknown => {
      const one = finished(deb822Repository, { ...basic, signed_by, enabled: false });
      const now = seenIn(deb822Repository, one, `${OS}=end\n`);
      return wanted(deb822Repository, now, one).files[FILE];
    };
    expect(text('-----BEGIN\n\nabc\n-----END\n')).to.contain(
      'Enabled: no\nSigned-By:\n -----BEGIN\n .\n abc\n -----END\nSuites:',
    );
    expect(text('/usr/share/keyrings/x.gpg')).to.contain(
      '\nSigned-By: /usr/share/keyrings/x.gpg\n',
    );
  });

  it('needs to know where and which release', () => {
    expect(deb822Repository.problems?.({ name: 'x' })).to.have.length(2);
    expect(deb822Repository.problems?.({ name: 'x', state: 'absent' })).to.deep.equal([]);
  });
});
