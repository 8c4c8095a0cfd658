const PREFIX = /^(?:ansible\.(?:builtin|utils|netcommon|posix)|community\.general)\./;

/** The name of a filter or test without that of its collection. */
export const bareName = (name: string): string => name.replace(PREFIX, '');
