// The tests that docs/adding-a-module.md tells a newcomer to write, over the module it tells them to write.
import '../fixtures/walk/unit.ts';
import '../fixtures/walk/laws.ts';
