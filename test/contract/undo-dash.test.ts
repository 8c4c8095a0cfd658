import { undoBy } from './undo-promises.ts';

undoBy('dash');
