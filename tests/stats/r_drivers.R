# The numbers in r_drivers.json, computed with R's stats::lm (R 4.2.2): the LMG shares by their definition, the
# gain in R-squared averaged over all orders of the dimensions.
# Run from tests/stats:  Rscript r_drivers.R > r_drivers.json
# The data are made up here; they go into the file with the results, so that both sides see the same.
suppressMessages(library(jsonlite))
set.seed(31)
k <- 14
unit <- rep(sprintf("u%02d", 1:k), sample(5:15, k, TRUE))
common <- rnorm(length(unit)) + rnorm(k, sd = .4)[as.integer(factor(unit))]
half <- function(x) pmin(6, pmax(1, round(2 * x) / 2))
d <- data.frame(unit, safety = half(4 + .7 * common + rnorm(length(unit))), staff = half(4.4 + .4 * common + rnorm(length(unit))),
                food = half(3.5 + .6 * common + rnorm(length(unit))), information = half(3.8 + .8 * common + rnorm(length(unit))))
d$all <- half(.5 + .45 * d$safety + .15 * d$staff + .3 * d$information + rnorm(length(unit), sd = .7))
p <- c("safety", "staff", "food", "information")
r2 <- function(s) if (length(s) == 0) 0 else summary(lm(reformulate(s, "all"), d))$r.squared
orders <- function(x) if (length(x) < 2) list(x) else do.call(c, lapply(seq_along(x), function(i) lapply(orders(x[-i]), function(o) c(x[i], o))))
every <- orders(p)
lmg <- sapply(p, function(j) mean(sapply(every, function(o) { before <- o[seq_len(match(j, o) - 1)]; r2(c(before, j)) - r2(before) })))
out <- list(data = d, dimensions = p, r_squared = r2(p), shares = as.list(lmg / sum(lmg)), orders = length(every))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
