import { undoBy } from '../../contract/undo-promises.ts';

undoBy('bash');
