import type { Target } from '../../src/model/transport.ts';
import { connect } from '../../src/transport/connect.ts';
import { pieces } from './uploads.ts';

const [target = '', path = '', mb = ''] = process.argv.slice(2);
const session = await connect(JSON.parse(target) as Target);
const open = async function* (): AsyncIterable<Buffer> {
  process.stdout.write('begun\n');
  for (const piece of pieces(Number(mb))) {
    yield piece;
    // Slow enough to be killed in the middle.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
await session.upload({ path, size: Number(mb) * 1024 * 1024, open }, {});
await session.close();
