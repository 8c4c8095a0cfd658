import { expect } from 'chai';
import { redactor } from '../../../src/lib/redact.ts';
import type { Outcome, RunEvent } from '../../../src/model/event.ts';
import { html } from '../../../src/report/html.ts';
import { json } from '../../../src/report/json.ts';
import { junit } from '../../../src/report/junit.ts';
import { markdown } from '../../../src/report/markdown.ts';
import { ndjson } from '../../../src/report/ndjson.ts';
import { plain } from '../../../src/report/plain.ts';
import type { Reporting, Write } from '../../../src/report/reporting.ts';
import { terminal } from '../../../src/report/terminal.ts';
import {
  ended,
  hostEnded,
  outcome,
  playStarted,
  runEnded,
  runStarted,
  stamped,
  task,
  told,
  totals,
  view,
} from '../../helpers/events.ts';

const REPORTS: Readonly<Record<string, (write: Write) => Reporting>> = {
  plain: (write) => plain(write, view({ verbosity: 3 })),
  terminal: (write) => terminal(write, view({ verbosity: 3 })),
  ndjson,
  json,
  html,
  markdown,
  junit,
};

/** A run that has this text in every place where text can be. */
function runWith(evil: string): readonly RunEvent[] {
  const source = { file: evil, line: 1, column: 1 };
  const fault = { code: 'STEP_FAILED', message: evil, hint: evil, source, stderr: evil } as const;
  const ref = task(1, evil, { module: evil, source });
  const all: Partial<Outcome> = {
    changes: [
      { kind: 'set', path: [evil, evil, evil], added: [evil], removed: [evil] },
      { kind: 'value', path: [evil], from: evil, to: { [evil]: [evil] } },
      { kind: 'text', path: [evil, evil], from: `x\n${evil}\n`, to: `${evil}\ny\n` },
    ],
    notes: [evil],
    warnings: [evil],
    findings: [{ message: evil, cure: evil }],
    message: evil,
    fault,
    data: { stdout: evil, [evil]: evil },
    undoneBy: evil,
  };
  const kinds = ['ok', 'changed', 'failed', 'skipped', 'unknown', 'unreachable'] as const;
  const hosts = kinds.map((kind) => `${kind}-${evil}`);
  const t = totals({ ok: 1 });
  return [
    runStarted({ playbooks: [evil], inventory: [evil], check: true }),
    { ...playStarted(hosts, [ref]), play: evil, source } as RunEvent,
    { type: 'warned', message: evil, host: evil, source },
    { type: 'host-connected', host: evil, address: evil, ms: 1 },
    ...kinds.map((kind, i) =>
      ended(hosts[i]!, ref, {
        ...outcome(kind, all),
        items: [{ label: evil, outcome: outcome(kind, all) }],
      }),
    ),
    { type: 'host-lost', host: evil, fault },
    { type: 'play-ended', play: evil },
    ...hosts.map((host) => hostEnded(host, t)),
    runEnded(Object.fromEntries(hosts.map((host) => [host, t]))),
  ];
}

describe('reports and what hosts or users slip in', () => {
  for (const [name, make] of Object.entries(REPORTS)) {
    it(`${name} never shows a secret that stands in every field`, async () => {
      const secret = 'hunter2"\n<&>\'s';
      const clean = redactor(new Set([secret]));
      const text = await told(make, runWith(secret).map(clean));
      expect(text).not.to.include('hunter2');
      expect(text).to.include('*');
    });
  }

  for (const name of ['plain', 'terminal', 'markdown', 'junit'] as const) {
    it(`${name} lets no control character of a host through`, async () => {
      const text = await told(REPORTS[name]!, runWith('\x1b[2Jgone\x07\u202E\r\x9b'));
      expect(text.replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Cf}]/u);
      expect(text).to.include('\\x1b[2Jgone\\x07');
    });
  }

  it('JUnit stays well-formed', async () => {
    const text = await told(junit, runWith(`<![CDATA[ ]]> & "q" 'a' \0 \uFFFF \uD800 </testcase>`));
    expect(tagsOf(text)).to.deep.equal([]);
  });

  it('Markdown keeps host text inside its fences and out of mentions', async () => {
    const text = await told(markdown, runWith('```\n@everyone #12 <img src=x> | **b**\n````'));
    expect(text).to.include('`````diff\n');
    const outside = text
      .replace(/^(`{3,})\w*\n[^]*?\n\1$/gm, '')
      .replace(/(`+)[^`](?:[^]*?[^`])?\1(?!`)/g, '');
    expect(outside).not.to.match(/@everyone|#12|<img|[^\\]\*\*b/);
  });

  it('Markdown stays short enough for a comment', async () => {
    const ref = task(1, 'many');
    const hosts = Array.from({ length: 400 }, (_, i) => `h${i}`);
    const text = await told(markdown, [
      runStarted(),
      playStarted(hosts, [ref]),
      ...hosts.map((host) =>
        ended(
          host,
          ref,
          outcome('changed', {
            changes: [{ kind: 'value', path: ['x'], from: null, to: `${host} ${'y'.repeat(300)}` }],
          }),
        ),
      ),
      runEnded({ h1: totals({ changed: 1 }) }),
    ]);
    expect(text.length).to.be.lessThan(65536);
    expect(text).to.match(/\d+ more sections left out/);
  });

  it('JSON output is one parsable document even when the run never ended', async () => {
    let text = '';
    const reporting = json((more) => (text += more));
    for (const event of stamped([runStarted()])) reporting.report(event);
    await reporting.finish();
    expect(JSON.parse(text)).to.include({ run: 'R1', exit: null });
  });
});

/** What does not balance in an XML document; a small reader that knows tags, attributes and entities. */
function tagsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^>]*\?>/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|#10|#9);)*")*)(\/?)>/g,
      (_, end: string, name: string, _attributes: string, empty: string) => {
        if (end === '') {
          if (empty === '') open.push(name);
        } else if (open.at(-1) === name) open.pop();
        else open.push(`unexpected </${name}>`);
        return '';
      },
    );
  const strays = rest.match(/<|&(?!(?:amp|lt|gt|quot);)|[^\t\n\r\x20-\uFFFD]/g) ?? [];
  return [...open, ...strays];
}
