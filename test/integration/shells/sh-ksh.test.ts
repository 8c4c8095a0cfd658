import { promisesOn } from '../../contract/other-shell.ts';

promisesOn('ksh');
