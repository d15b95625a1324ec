/// The page's style sheet. Colours come in pairs, for light and dark, and never carry the meaning alone: every badge has its word.
enum HTMLStyle {
    static let sheet = """
        :root {
          --text: #1b1f24; --muted: #59636e; --page: #ffffff; --card: #f6f8fa; --line: #d1d9e0;
          --good: #116329; --good-back: #dafbe1; --bad: #a40e26; --bad-back: #ffebe9; --open: #7d4e00; --open-back: #fff3cd;
          --link: #0550ae;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --text: #e6edf3; --muted: #9198a1; --page: #0d1117; --card: #151b23; --line: #3d444d;
            --good: #7ee787; --good-back: #12361d; --bad: #ffb1aa; --bad-back: #4a1517; --open: #f2cc60; --open-back: #3b2e06;
            --link: #79c0ff;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
        a { color: var(--link); }
        h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
        small, .muted { color: var(--muted); font-weight: normal; }
        .lead { font-size: 1.15rem; }
        .badge { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }
        .good { color: var(--good); background: var(--good-back); }
        .bad { color: var(--bad); background: var(--bad-back); }
        .open { color: var(--open); background: var(--open-back); }
        .counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; }
        .counts li { padding: .4rem .9rem; border-radius: .4rem; }
        .facts { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; }
        .facts dt { display: inline; color: var(--muted); }
        .facts dt::after { content: ": "; }
        .facts dd { display: inline; margin: 0; }
        table { border-collapse: collapse; margin: .6rem 0; }
        caption { text-align: left; color: var(--muted); }
        th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
        thead th { background: var(--card); }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .sample td { font-family: ui-monospace, monospace; font-size: .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        .sample th { font-weight: 500; }
        tr.differs th, tr.differs td { background: var(--bad-back); }
        .scroll { overflow-x: auto; }
        details { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem; }
        summary { cursor: pointer; }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem; white-space: pre-wrap; overflow-wrap: anywhere; }

        """
}
