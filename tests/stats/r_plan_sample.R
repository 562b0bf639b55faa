# The numbers in r_plan_sample.json, computed with R's stats (R 4.2.2).
# Run from tests/stats:  Rscript r_plan_sample.R > r_plan_sample.json
library(jsonlite)
equal <- do.call(rbind, lapply(list(c(.5, 1.1, .8, .95), c(.3, 1, .9, .95), c(.25, 1.1, .8, .99), c(2, 1.1, .8, .95), c(.1, 1.3, .8, .9)), function(a)
  data.frame(difference = a[1], sd = a[2], power = a[3], level = a[4],
             n = power.t.test(delta = a[1], sd = a[2], power = a[3], sig.level = 1 - a[4], strict = TRUE, tol = 1e-12)$n)))
# power.t.test knows equal groups only: the same power for an earlier round of another size.
power_of <- function(n, before, d, sd, level) {
  df <- n + before - 2; q <- qt((1 + level) / 2, df); ncp <- d / (sd * sqrt(1 / n + 1 / before))
  pt(q, df, ncp, lower.tail = FALSE) + pt(-q, df, ncp)
}
unequal <- do.call(rbind, lapply(list(c(60, .5, 1.1), c(200, .4, 1.2), c(90, .45, 1)), function(a)
  data.frame(n_before = a[1], difference = a[2], sd = a[3],
             n = uniroot(function(n) power_of(n, a[1], a[2], a[3], .95) - .8, c(2, 1e7), tol = 1e-9)$root)))
cat(toJSON(list(equal = equal, unequal = unequal), auto_unbox = TRUE, digits = NA, pretty = TRUE))
