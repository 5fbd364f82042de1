import { Markup } from './markup.ts'

/** The page's only style sheet. Colours are variables, which the charts use too; dark and print change only those. */
export const style = new Markup(`
:root{color-scheme:light dark;--bg:#fff;--ink:#16202b;--mute:#566270;--line:#e1e6ec;--card:#f5f7fa;
--ok:#0b6b44;--okbg:#e2f4eb;--bad:#b3261e;--badbg:#fcebe9;--warn:#7d5100;--warnbg:#fff2d4;
--p50:#6f9fd6;--p95:#1f5fa6;--p99:#0c2f57;--slo:#b3261e;--fault:#a3271f;--recovery:#8a5a0024}
@media screen and (prefers-color-scheme:dark){:root{--bg:#0f1720;--ink:#e6edf3;--mute:#9aa8b7;--line:#263240;--card:#16212d;
--ok:#62d9a5;--okbg:#0f3427;--bad:#ff8f86;--badbg:#3b1a18;--warn:#f3c969;--warnbg:#382b0d;
--p50:#4a80ba;--p95:#7ab4f5;--p99:#d3e6ff;--slo:#ff8f86;--fault:#ff9c94;--recovery:#f3c96926}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main{max-width:1104px;margin:0 auto;padding:26px 32px 64px}
header{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:baseline;justify-content:space-between;margin:0 0 14px}
h1{font-size:19px;font-weight:650;margin:0}
header p{margin:0;color:var(--mute);font-size:13.5px}
h2{font-size:17px;margin:38px 0 8px;break-after:avoid}
h3{font-size:14px;margin:18px 0 4px;break-after:avoid}
h2 small,h3 small{font-weight:400;color:var(--mute);font-size:13px;margin-left:6px}
.ok{color:var(--ok);background:var(--okbg)}.bad{color:var(--bad);background:var(--badbg)}.warn{color:var(--warn);background:var(--warnbg)}
.verdict{display:flex;gap:24px;align-items:center;border-radius:14px;padding:20px 26px;border:1px solid}
.verdict>strong{font-size:30px;font-weight:750;line-height:1.15;letter-spacing:.01em;white-space:nowrap}
.verdict p{margin:0;color:var(--ink)}
.verdict .sentence{font-size:19px;line-height:1.4;font-weight:550}
.verdict .detail{font-size:13.5px;margin-top:4px;color:var(--mute)}
.counts{display:flex;flex-wrap:wrap;gap:6px 10px;margin:10px 0 0;padding:0;list-style:none;font-size:13px;color:var(--mute)}
.counts .tag{border:1px solid}
.notice{border-radius:10px;padding:10px 16px;margin:12px 0 0;font-size:14px}
.notice b{font-weight:650}.notice ul{margin:2px 0 0;padding-left:20px}.notice p{margin:0}
table{width:100%;border-collapse:collapse;font-size:13.5px}
th{font-weight:600;color:var(--mute);text-align:left;font-size:12.5px;vertical-align:bottom}
tbody th{color:var(--ink);font-size:13.5px;font-weight:500;vertical-align:top}
th,td{padding:7px 9px;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
thead th{border-bottom-color:var(--mute)}
.n{text-align:right;white-space:nowrap}.keep{min-width:9.8em;overflow-wrap:anywhere}
.tag,.n b{font-weight:650}
small{color:var(--mute);font-size:12px}td small,tbody th small{display:block;line-height:1.4}
.wide{overflow-wrap:anywhere;min-width:13em}.some{overflow-wrap:anywhere;min-width:8em}
.minus{color:var(--bad)}
.tag{display:inline-flex;gap:5px;align-items:baseline;border-radius:999px;padding:1px 9px;font-size:12.5px;font-weight:650;white-space:nowrap}
figure{margin:6px 0 0}
figure>.scroll>svg,.half svg{width:100%;height:auto;display:block}
figure svg,figure svg svg{overflow:visible}
figure svg text{font-family:inherit;white-space:pre}
.definitions{position:absolute}#hatch line{stroke:var(--fault);stroke-width:2;opacity:.36}
figcaption,.key{font-size:12.5px;color:var(--mute);margin:6px 0 0}
.swatch{display:inline-block;width:16px;height:10px;border-radius:2px;vertical-align:-1px;margin:0 2px 0 6px}
.hatched{background:repeating-linear-gradient(135deg,transparent 0 3px,var(--fault) 3px 4px);opacity:.6}.shaded{background:var(--recovery)}.undone{background:var(--bad);opacity:.3}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 32px}.two>:only-child{grid-column:1/-1}
.card{background:var(--card);border-radius:10px;padding:12px 18px 12px 34px;font-size:14px;margin:8px 0 0}.card li{margin:3px 0}p.card{padding-left:18px}
details{margin-top:8px;font-size:13px}summary{cursor:pointer;color:var(--mute);width:max-content;max-width:100%}summary:hover{color:var(--ink)}
.scroll{overflow-x:auto}.data{max-height:420px;overflow:auto;margin-top:6px}
.data table{font-size:12px;width:auto;min-width:50%}.data td,.data th{padding:2px 10px;text-align:right;white-space:nowrap}.data thead th{position:sticky;top:0;background:var(--bg)}
dl{display:grid;grid-template-columns:minmax(110px,180px) 1fr;gap:4px 14px;font-size:13.5px;margin:8px 0 0}dt{color:var(--mute)}dd{margin:0;min-width:0;overflow-wrap:anywhere}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
:focus-visible{outline:2px solid var(--p95);outline-offset:2px}
@media screen and (max-width:760px){main{padding:16px 16px 40px}.two{grid-template-columns:minmax(0,1fr)}
.verdict{flex-direction:column;align-items:flex-start;gap:8px;padding:16px 18px}.verdict>strong{font-size:25px}.verdict .sentence{font-size:17px}
figure>.scroll>svg{min-width:720px}
.cards thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.cards table,.cards tbody,.cards tr,.cards td,.cards tbody th{display:block;width:auto}
.cards tr{border:1px solid var(--line);border-radius:10px;padding:8px 14px;margin:10px 0}
.cards td,.cards tbody th{border:0;padding:2px 0;white-space:normal}
.cards tbody th{font-weight:650}
.cards td{display:flex;justify-content:space-between;gap:16px;text-align:right}.cards td::before{content:attr(data-label);color:var(--mute);text-align:left;flex:none}}
@media print{@page{margin:14mm 12mm}body{font-size:12px}main{max-width:none;padding:0}
.tag,.verdict,.notice,.card,.swatch,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
table{font-size:10.5px}th,tbody th{font-size:10.5px}th,td{padding:4px 6px}thead .n{white-space:normal}.wide,.some{min-width:6.5em}.keep{min-width:9em}dl,.card{font-size:11px}dl{grid-template-columns:110px 1fr}small{font-size:9.5px}.tag{font-size:10px}
h2{margin-top:22px}tr,figure,.verdict,.notice,.card,dl{break-inside:avoid}thead{display:table-header-group}
details:not([open]){display:none}.scroll,.data{overflow:visible;max-height:none}}
`)
