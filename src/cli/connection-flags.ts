import { Option, type Command } from 'commander';
import { atLeast } from './flag-values.ts';

/** Adds the flags that say how hosts are reached. */
export const connectionFlags = (command: Command): Command =>
  command
    .addOption(new Option('-u, --user <name>', 'log in as this user').env('ORCH_REMOTE_USER'))
    .addOption(
      new Option('--key-file, --private-key <file>', 'key to log in with').env(
        'ORCH_PRIVATE_KEY_FILE',
      ),
    )
    .option('-k, --ask-pass', 'ask for the login password')
    .option(
      '--conn-pass-file, --connection-password-file <file>',
      'read the login password from a file',
    )
    .addOption(
      new Option(
        '--key-passphrase-file <file>',
        'read the passphrase of encrypted keys from a file',
      ).env('ORCH_KEY_PASSPHRASE_FILE'),
    )
    .addOption(
      new Option('-c, --connection <kind>', 'how hosts are reached').choices([
        'ssh',
        'openssh',
        'local',
        'smart',
      ]),
    )
    .addOption(
      new Option('-T, --timeout <seconds>', 'give up connecting after (default: 10)')
        .env('ORCH_TIMEOUT')
        .argParser(atLeast(1, 'timeout')),
    )
    .option('--accept-new', 'add unknown host keys to known_hosts; changed keys are still refused')
    .option('-b, --become', 'run tasks as another user')
    .option('--become-user <name>', 'the user to become (default: root)')
    .addOption(
      new Option('--become-method <method>', 'how to become it')
        .choices(['sudo', 'su', 'doas', 'run0'])
        .default('sudo'),
    )
    .option('-K, --ask-become-pass', 'ask for the sudo password')
    .option(
      '--become-pass-file, --become-password-file <file>',
      'read the sudo password from a file',
    )
    .option('--ssh-common-args <args>', 'arguments of ssh: -o, -p, -i, -l, -J')
    .option('--ssh-extra-args <args>', 'more of them');
