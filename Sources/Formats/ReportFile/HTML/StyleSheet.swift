/// The look of the report's page, light and dark, on paper, on wide and narrow screens.
let styleSheet: Markup = """
    :root { color-scheme: light dark; --page: #f4f6f8; --card: #ffffff; --ink: #18202a; --soft: #566272; --line: #dfe4ea;
      --faint: #eef1f4; --accent: #2563eb; --accentSoft: #dbe7ff; --teacher: #c2410c; --oracle: #0b8a6a; --shared: #7b8794;
      --other: #7c3aed; --warn: #8a5a00; --warnSoft: #fff4d6; --bad: #c62f2f; --good: #0b7a4b; }
    @media (prefers-color-scheme: dark) { :root { --page: #0e1217; --card: #171d25; --ink: #e8ecf1; --soft: #9dabba;
      --line: #2b3541; --faint: #202833; --accent: #78a9ff; --accentSoft: #1c2f52; --teacher: #ff9a5c; --oracle: #3fcfa4;
      --shared: #8d9aa9; --other: #b79bff; --warn: #ffcf70; --warnSoft: #362a10; --bad: #ff8080; --good: #57d79b; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif; }
    main, header, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
    header { padding-top: 40px; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h2 { font-size: 1.2rem; margin: 0 0 4px; }
    h3 { font-size: 1rem; margin: 18px 0 6px; }
    p { margin: 6px 0 12px; max-width: 75ch; }
    .kicker { color: var(--accent); font-weight: 650; margin: 0 0 6px; font-size: .88rem; letter-spacing: .04em; }
    .soft, .note { color: var(--soft); }
    .note { font-size: .88rem; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 22px 24px; margin: 20px 0; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 14px; margin: 22px 0 0;
      padding: 0; list-style: none; }
    .tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 16px 18px; }
    .tiles b { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 680; letter-spacing: -0.02em; }
    .tiles span { color: var(--soft); font-size: .86rem; display: block; }
    .tiles .first { border-color: var(--accent); box-shadow: inset 4px 0 0 var(--accent); }
    .warnings { background: var(--warnSoft); border-color: var(--warn); }
    .warnings h2 { color: var(--warn); }
    .warnings ul { margin: 6px 0 0; padding-left: 20px; }
    .scroll { overflow-x: auto; -webkit-overflow-scrolling: touch; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--soft); font-size: .88rem; padding-bottom: 6px; }
    th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
    thead th { color: var(--soft); font-weight: 600; font-size: .82rem; vertical-align: bottom; border-bottom: 2px solid var(--line); }
    th:first-child, td:first-child, .left { text-align: left; }
    tbody th { font-weight: 600; }
    tbody tr:last-child > * { border-bottom: 0; }
    tr.chosen > * { background: var(--accentSoft); }
    td small, th small { display: block; color: var(--soft); font-weight: 400; font-size: .82em; }
    .wrap { white-space: normal; min-width: 16ch; } th.wrap { min-width: 22ch; }
    .models th, .models td { padding: 7px 8px; }
    .models tbody th small { white-space: normal; max-width: 22ch; overflow-wrap: anywhere; }
    svg.chart { display: block; width: 100%; height: auto; }
    svg.wide { min-width: 620px; }
    svg text { font: 12px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--soft);
      font-variant-numeric: tabular-nums; }
    svg .label { fill: var(--soft); }
    svg .name { fill: currentColor; font-weight: 600; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .grid.faint { stroke: var(--faint); }
    .axis { stroke: var(--soft); stroke-width: 1; }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .curve.student { stroke: var(--accent); stroke-width: 2.6; }
    .curve.shared { stroke: var(--shared); stroke-dasharray: 7 4; }
    .curve.oracle { stroke: var(--oracle); stroke-dasharray: 1.5 4; stroke-linecap: round; stroke-width: 2.4; }
    .target { stroke: var(--accent); stroke-width: 1; stroke-dasharray: 3 3; }
    .targetLabel { fill: var(--accent); font-weight: 600; }
    .budget line { stroke: var(--accent); stroke-width: 2; }
    .budget circle { fill: var(--card); stroke: var(--accent); stroke-width: 2.6; }
    .budget.chosen circle { fill: var(--accent); }
    .series0 { color: var(--teacher); } .series1 { color: var(--ink); } .series2 { color: var(--other); } .series3 { color: var(--oracle); }
    .exitMark { fill: currentColor; stroke: var(--card); stroke-width: 1.5; }
    .exitLine { fill: none; stroke: currentColor; stroke-width: 1.3; opacity: .5; }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0 4px; padding: 0; font-size: .88rem;
      color: var(--soft); }
    .legend li { display: flex; align-items: center; gap: 7px; }
    .legend svg { width: 28px; height: 14px; flex: none; }
    .key { width: 14px; height: 14px; border-radius: 4px; flex: none; }
    .shareRow { display: grid; grid-template-columns: 84px 1fr 108px; gap: 12px; align-items: center; margin: 7px 0;
      font-variant-numeric: tabular-nums; }
    .shareRow.chosen .shareName { color: var(--accent); }
    .shareName { text-align: right; font-weight: 600; white-space: nowrap; }
    .shareNote { color: var(--soft); font-size: .88rem; }
    .shareBar { display: flex; gap: 2px; height: 30px; border-radius: 7px; overflow: hidden; }
    .piece { flex: 0 1 0; min-width: 2px; font-size: .82rem; line-height: 30px; text-align: center; overflow: hidden; white-space: nowrap; }
    .exit0 { background: #c3dafb; color: #10233f; } .exit1 { background: #a3c6f8; color: #10233f; }
    .exit2 { background: #82b0f3; color: #10233f; } .exit3 { background: #6197ea; color: #0a1830; }
    .exit4 { background: #447bd6; color: #ffffff; } .exit5 { background: #3263b8; color: #ffffff; }
    .exit6 { background: #254d98; color: #ffffff; }
    .multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 22px; }
    .multiples h3 { margin: 0 0 4px; }
    .multiples figure { margin: 0; max-width: 330px; }
    .bar { fill: var(--accent); opacity: .55; }
    .count { fill: var(--soft); opacity: .6; }
    .diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
    .scaled { fill: var(--teacher); stroke: var(--card); stroke-width: 1.2; }
    dl.facts { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 6px 0 0; font-size: .88rem; }
    dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .confusion { width: auto; font-size: .84rem; }
    .confusion td, .confusion th { text-align: center; padding: 5px 6px; border: 2px solid var(--card); min-width: 38px; }
    .confusion thead th { vertical-align: bottom; border-bottom-width: 2px; }
    .confusion tbody th { text-align: right; max-width: 18ch; overflow: hidden; text-overflow: ellipsis; }
    .confusion .tall { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-height: 14ch; overflow: hidden; text-overflow: ellipsis; }
    .confusion td { background: var(--faint); border-radius: 6px; }
    .confusion thead td { background: none; }
    .columns .wrap { min-width: 0; overflow-wrap: anywhere; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 10px 34px; align-items: start; }
    .columns > * { min-width: 0; }
    .columns.uneven { grid-template-columns: minmax(0, 2fr) minmax(240px, 1fr); }
    .images { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 12px; margin: 8px 0 0; padding: 0; list-style: none; }
    .images li { font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
    .images img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 9px;
      border: 1px solid var(--line); background: var(--faint); display: block; margin-bottom: 5px; }
    .wrong { color: var(--bad); } .right { color: var(--good); }
    .glossary dt { font-weight: 650; margin-top: 10px; } .glossary dd { margin: 0; color: var(--soft); max-width: 75ch; }
    details > summary { cursor: pointer; font-weight: 650; font-size: 1.2rem; }
    .scroll + details { margin-top: 12px; } .scroll + details > summary { font-size: 1rem; }
    footer { color: var(--soft); font-size: .86rem; padding: 4px 20px 40px; }
    code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
    @media (max-width: 760px) { .columns.uneven { grid-template-columns: 1fr; } section { padding: 18px 16px; }
      .shareRow { grid-template-columns: 66px 1fr; } .shareNote { grid-column: 2; margin-top: -6px; } }
    @media print { body { background: #fff; } section, .tiles li { break-inside: avoid; } }
    """
