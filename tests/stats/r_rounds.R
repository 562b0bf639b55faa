# The numbers in r_rounds.json, computed with R's lme4 and pbkrtest through lmerTest (R 4.2.2, lme4 1.1.31,
# pbkrtest 0.5.2, lmerTest 3.1.3). Run from tests/stats:  Rscript r_rounds.R > r_rounds.json
# The data are those of r_reference.json; "gaps" is its nested file with two units away in a round each.
suppressMessages({library(lmerTest); library(jsonlite)})
r <- fromJSON("r_reference.json")
nested <- transform(r$nested, unit = paste(municipality, unit))[, c("unit", "year", "score")]
gaps <- nested[!(nested$unit == "0301 r" & nested$year == 2026) & !(nested$unit == "4601 p" & nested$year == 2025), ]
change <- function(data) {
  m <- suppressMessages(lmer(score ~ 0 + factor(year) + (1 | unit), data,
                             control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))))
  k <- replace(numeric(length(fixef(m))), length(fixef(m)) - 1:0, c(-1, 1))
  t <- contest1D(m, k, ddf = "Kenward-Roger", confint = TRUE)
  list(data = data, difference = t$Estimate, se = t$`Std. Error`, se_lmer = contest1D(m, k)$`Std. Error`, df = t$df,
       low = t$lower, high = t$upper, p = t$`Pr(>|t|)`, variance_unit = as.numeric(VarCorr(m)$unit), variance_residual = sigma(m)^2)
}
out <- list(three_rounds = change(r$data), no_variance = change(r$flat), gaps = change(gaps))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
