import { cannotTell, loadGenerator, provenance, topErrors, warnings } from './html/background.ts'
import { banner, heading, notices } from './html/banner.ts'
import { against } from './html/baseline.ts'
import { capacitySection } from './html/capacity.ts'
import { resilience } from './html/faults.ts'
import { distribution, felt, sampled, tail } from './html/figures.ts'
import { history } from './html/history.ts'
import { html as markup } from './html/markup.ts'
import { serviceLevels } from './html/objectives.ts'
import { style } from './html/style.ts'
import type { Reporter } from './record.ts'
import { resultBadges } from './words.ts'

/**
 * `report.html`: one file that needs nothing else, no script and no request. It reads from the
 * verdict down to its evidence, so a reader may stop at any line.
 */
export const html: Reporter = (record) =>
  markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="Holdfast ${record.plan.provenance.holdfast}"><meta name="robots" content="noindex">
<title>${resultBadges[record.verdict.result].word} · ${record.plan.gameDay} · ${record.verdict.runId}</title>
<style>${style}</style></head><body><main>
${heading(record)}
${banner(record)}
${notices(record)}
${serviceLevels(record)}
${resilience(record)}
${capacitySection(record)}
${felt(record)}
${distribution(record)}
<div class="two">${tail(record)}
<div>${cannotTell(record)}${loadGenerator(record)}</div></div>
${against(record)}
${history(record)}
${sampled(record)}
${topErrors(record)}
${warnings(record)}
${provenance(record)}
</main></body></html>
`.text
