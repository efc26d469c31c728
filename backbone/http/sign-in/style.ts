/** The console's type, colours and sizes (console/theme.ts), for the one page that is none of its own. */
export const style = `
:root{color-scheme:light dark;--text:#000;--dimmed:#525c69;--body:#fff;--card:#fff;--line:#ced4da;--accent:#087f5b;--accent-hover:#066649;--link:#06674d;--fault:#8f1d1d;--fault-back:#fff5f5}
@media (prefers-color-scheme:dark){:root{--text:#c9c9c9;--dimmed:#a9b0b8;--body:#242424;--card:#2e2e2e;--line:#5a5a5a;--accent:#087f5b;--accent-hover:#099268;--link:#63e6be;--fault:#ffc9c9;--fault-back:#4a2323}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:flex-start;justify-content:center;padding:12vh 1rem 2rem;font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--text);background:var(--body);-webkit-font-smoothing:antialiased}
main{width:100%;max-width:24rem}
.brand{display:flex;align-items:center;gap:.6rem;margin:0 0 1rem;font-weight:700;font-size:1.1rem}
.card{border:1px solid var(--line);border-radius:4px;background:var(--card);padding:1.5rem}
h1{font-size:1.375rem;line-height:1.4;margin:0 0 .25rem}
p{margin:0 0 1rem}
.dimmed{color:var(--dimmed);font-size:.875rem}
label{display:block;font-size:.875rem;font-weight:500;margin:0 0 .25rem}
.field{margin:0 0 1rem}
input,select{display:block;width:100%;height:2.5rem;padding:0 .75rem;font:inherit;color:inherit;background:var(--body);border:1px solid var(--line);border-radius:4px}
.line{display:flex;justify-content:space-between;align-items:baseline}
button,.button{display:block;width:100%;min-height:2.5rem;padding:.45rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:#fff;background:var(--accent);border:1px solid transparent;border-radius:4px;cursor:pointer}
button:hover,.button:hover{background:var(--accent-hover)}
button[disabled]{opacity:.6;cursor:progress}
button.quiet{width:auto;min-height:0;padding:.15rem .25rem;font-size:.8125rem;font-weight:500;color:var(--link);background:none;text-decoration:underline}
.button.other{color:var(--text);background:none;border-color:var(--line);margin-top:.75rem}
input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (prefers-color-scheme:dark){input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible{outline-color:#63e6be}}
#fault:empty{display:none}
#fault{padding:.6rem .75rem;border-left:3px solid var(--fault);border-radius:4px;color:var(--fault);background:var(--fault-back);font-size:.875rem}
[hidden]{display:none!important}
@media (max-width:30em){body{padding-top:2rem}.card{border:0;padding:0;background:none}}
`
