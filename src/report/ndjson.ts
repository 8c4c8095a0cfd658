import type { Reporting, Write } from './reporting.ts';

/** Every event as one line of JSON, the moment it happens (schemas/event.schema.json). */
export const ndjson = (write: Write): Reporting => ({
  report: (event) => {
    write(`${JSON.stringify(event)}\n`);
  },
  finish: () => Promise.resolve(),
});
