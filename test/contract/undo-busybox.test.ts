import { undoBy } from './undo-promises.ts';

undoBy('busybox', 'sh');
