/** The look of the HTML report, light and dark; colours are never the only sign. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --faint: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922; --faint: #8b949e; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; margin: 0 0 .2rem; }
article { border-left: 4px solid var(--line); padding: .3rem 0 .3rem .8rem; margin: .8rem 0; }
article.failed { border-color: var(--bad); } article.changed { border-color: var(--warn); }
.where, small, footer, .none { color: var(--faint); } .where { margin: 0; } .summary { font-weight: 600; } .warn { color: var(--warn); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; padding: .5rem; background: #8881; border-radius: 4px; }
ins { color: var(--good); text-decoration: none; } del { color: var(--bad); text-decoration: none; } .cure { color: var(--good); } .head { font-weight: 600; }
table { border-collapse: collapse; } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line); } th[scope=row], th:first-child { text-align: left; }
td.changed { color: var(--warn); } td.failed, td.unreachable { color: var(--bad); font-weight: 600; }
.matrices { display: flex; flex-wrap: wrap; gap: 1.5rem; } figure { margin: 0; } figcaption { font-size: .85rem; max-width: 22rem; }
svg text { font: 11px system-ui, sans-serif; fill: currentColor; } svg .good { fill: var(--good); } svg .bad { fill: var(--bad); } svg .unclear { fill: var(--warn); }
svg .none { fill: #8882; } svg .mark { fill: #fff; font-weight: 700; text-anchor: middle; } footer { margin-top: 2rem; font-size: .85rem; }
`;
