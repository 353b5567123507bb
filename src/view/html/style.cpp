#include "view/html/style.hpp"

namespace tripmig::view::html {

std::string_view style_sheet() {
    return R"(
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--ink:#1c2128;--soft:#57606a;--line:#d5dae1;--link:#0a58ca;
--ok:#176b34;--okback:#e0f4e6;--warn:#7a4a00;--warnback:#fdf0d0;--bad:#a3161f;--badback:#fde3e4;
--past:#4f7cac;--present:#1f7a45;--future:#8fa3b8;--expired:#b7791f;--pending:#b3261e;--default:#7c3aad}
@media (prefers-color-scheme:dark){:root{--back:#14181d;--card:#1d2329;--ink:#e4e8ed;--soft:#a3adb8;--line:#38414b;
--link:#7fb4ff;--ok:#7ddc9b;--okback:#173525;--warn:#f2c46d;--warnback:#3a2c0f;--bad:#ff9c97;--badback:#431d1d;
--past:#78a7db;--present:#5cc98a;--future:#60707f;--expired:#e2a84b;--pending:#ff7f76;--default:#c39bf0}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans KR",
"Apple SD Gothic Neo","Malgun Gothic",NanumGothic,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
header,main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:0}
h2{font-size:1.2rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:0 0 .25rem;display:flex;flex-wrap:wrap;gap:.25rem .6rem;align-items:center}
p{margin:.25rem 0}
.soft,footer{color:var(--soft)}
a{color:var(--link)}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:1rem 0}
article+article{border-top:1px solid var(--line);margin-top:1rem;padding-top:1rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;list-style:none;padding:0;
margin:1rem 0 0}
.cards a{display:block;height:100%;background:var(--card);border:1px solid var(--line);border-left-width:.3rem;
border-radius:.6rem;padding:.6rem .8rem;color:inherit;text-decoration:none}
.cards a:hover,.cards a:focus-visible{border-color:var(--link)}
.cards strong{display:block}
.cards .ok{border-left-color:var(--ok)}.cards .warn{border-left-color:var(--expired)}.cards .bad{border-left-color:var(--bad)}
.badge{display:inline-block;border-radius:1rem;padding:0 .6rem;font-size:.85rem;font-weight:600;background:var(--back);
color:var(--soft);white-space:nowrap}
.badge.ok{background:var(--okback);color:var(--ok)}.badge.warn{background:var(--warnback);color:var(--warn)}
.badge.bad{background:var(--badback);color:var(--bad)}
.note{border-radius:.4rem;padding:.5rem .75rem;margin:.5rem 0;background:var(--warnback);color:var(--warn)}
.note.bad{background:var(--badback);color:var(--bad)}
.note p{margin:0}
.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.93em}
.scroll{overflow-x:auto;margin:0 -1rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
td{min-width:4.5rem}
figure{margin:.75rem 0}
figure .axis{display:flex;justify-content:space-between;gap:1rem;font-size:.8rem;color:var(--soft)}
svg{display:block;width:100%}
svg.bars{height:9rem}
svg.loaded{height:.6rem;border-radius:.3rem;max-width:24rem}
.past{--kind:var(--past)}.present{--kind:var(--present)}.future{--kind:var(--future)}.expired{--kind:var(--expired)}
.pending{--kind:var(--pending)}.default{--kind:var(--default)}
svg rect{fill:var(--kind,var(--past))}
svg rect.bytes{opacity:.65}
svg rect.rest{fill:var(--line)}
svg line.base{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;margin:.5rem 0 0;font-size:.85rem}
.swatch{display:inline-block;width:.75rem;height:.75rem;border-radius:.15rem;background:var(--kind);margin-right:.4rem}
summary{cursor:pointer;color:var(--link);padding:.25rem 0}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.2rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}
dd{margin:0}
pre{white-space:pre-wrap;background:var(--back);border-radius:.4rem;padding:.5rem .75rem;margin:.35rem 0 0;
font:.88rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
ul.found{list-style:none;padding:0;margin:0}
ul.found li{padding:.6rem 0;border-top:1px solid var(--line)}
ul.found li:first-child{border-top:0;padding-top:0}
footer{padding-bottom:2rem;font-size:.85rem}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.35rem}}
@media print{body{background:none}section{break-inside:avoid}}
)";
}

}  // namespace tripmig::view::html
