import type { Manager } from './state.ts';
import type { Tool } from './tool.ts';
import { apt } from './tool-apt.ts';
import { dnf, zypper } from './tool-rpm.ts';
import { apk, pacman } from './tool-small.ts';

/** The managers by name, those first that a host with several is run by. */
export const TOOLS: Readonly<Record<Manager, Tool>> = { apt, dnf, zypper, pacman, apk };

/** Their names. */
export const MANAGERS = Object.keys(TOOLS) as readonly Manager[];
