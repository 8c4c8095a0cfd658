/** A task that has words in the file of its host; `more` are further keys. */
export const has = (name: string, words: string, more = ''): string =>
  `    - name: ${name}\n      toy_words: { file: "{{ dir }}/words", words: [${words}] }\n${more}`;
export const lacks = (name: string, words: string, more = ''): string =>
  `    - name: ${name}\n      toy_words: { file: "{{ dir }}/words", words: [${words}], state: absent }\n${more}`;
export const finds = (name: string, words: string): string =>
  `    - name: ${name}\n      toy_has: { file: "{{ dir }}/words", words: [${words}] }\n`;
export const register = (name: string): string => `      register: ${name}\n`;
export const when = (condition: string): string => `      when: ${condition}\n`;
export const shell = (name: string, command: string, more = ''): string =>
  `    - name: ${name}\n      shell: ${command}\n${more}`;
export const debug = (name: string, message: string): string =>
  `    - name: ${name}\n      debug: { msg: "${message}" }\n`;
export const play = (...tasks: readonly string[]): string =>
  `- hosts: all\n  name: toys\n  tasks:\n${tasks.join('')}`;

export const change = (added: readonly string[], removed: readonly string[] = []) => ({
  kind: 'set',
  path: ['words'],
  added,
  removed,
});
