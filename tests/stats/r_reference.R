# The numbers in r_reference.json, computed with R's stats, survey and lme4 (R 4.2.2, survey 4.1.1, lme4 1.1.31).
# Run from tests/stats:  Rscript r_reference.R > r_reference.json
# The data are made up here; they go into the file with the results, so that both sides see the same.
suppressMessages({library(survey); library(lme4); library(jsonlite)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))

unit <- rep(c("north", "south", "east", "west"), c(14, 11, 9, 6))
year <- c(rep(2024:2026, c(4, 5, 5)), rep(2024:2026, c(3, 4, 4)), rep(2024:2026, 3), rep(2024:2026, 2))
score <- c(4.5, 3.5, 5, 4, 4.5, 5.5, 4, 5, 3, 5, 5.5, 4.5, 6, 4,
           3.5, 3, 4, 2.5, 3, 4.5, 3.5, 4, 3, 2, 4.5,
           4, 5, 4.5, 3.5, 4, 5, 4.5, 5.5, 3.5,
           5, 5.5, 6, 4.5, 5, 5.5)
d <- data.frame(unit, year, score)
flat <- data.frame(unit = rep(c("a", "b", "c", "d"), each = 6), year = rep(2025:2026, 12),
                   score = c(4, 3, 5, 4, 2, 6, 3, 5, 4, 4, 5, 3, 2, 5, 4, 3, 6, 4, 5, 4, 3, 3, 4, 5))
# Three municipalities with two or three units each: the unit names come again in every municipality.
nested <- data.frame(municipality = rep(c("0301", "1103", "4601"), c(17, 15, 16)),
                     unit = c(rep(c("p", "q", "r"), c(7, 5, 5)), rep(c("p", "q", "r"), 5), rep(c("p", "q"), each = 8)),
                     year = rep(2025:2026, 24),
                     score = c(4, 5, 4.5, 5, 4, 5.5, 5, 3, 3.5, 4, 3, 3.5, 5, 5.5, 6, 5, 5.5,
                               2, 3.5, 3, 2.5, 3, 3.5, 2, 4, 2.5, 3, 4, 2, 2.5, 3, 3.5,
                               5, 4, 5.5, 3.5, 6, 4, 5, 4.5, 5, 3, 5.5, 4, 6, 4.5, 5.5, 4))
nested$home <- paste(nested$municipality, nested$unit)

last <- d[d$year == 2026, ]
north <- d$score[d$unit == "north"]
weights <- c(1.2, 0.8, 1, 1.5, 0.6, 0.9, 1.1, 1, 1.3, 0.7, 2, 1, 0.5, 1.4)
w <- svydesign(ids = ~1, data = data.frame(y = north, w = weights), weights = ~w)
wf <- svydesign(ids = ~1, data = data.frame(y = north, w = weights, N = 40), weights = ~w, fpc = ~N)
items <- data.frame(a = c(1, 2, 4, 5, 3, 6, 2), b = c(2, 2, 5, 6, 3, 5, 1), c = c(1, 3, 4, 5, 4, 6, 3))
alpha <- 3 / 2 * (1 - sum(apply(items, 2, var)) / var(rowSums(items)))
p <- c(0.001, 0.2, 0.03, 0.04, 0.03, 0.9, 0.012)
one_way <- lm(score ~ unit, d)
s2 <- sigma(one_way)^2
units <- sort(unique(d$unit))
# Each unit against the others' users: a contrast of the one-way model's means.
deviations <- lapply(units, function(u) {
  means <- lm(score ~ 0 + unit, d)
  n <- table(d$unit)[units]
  k <- ifelse(units == u, 1, -n / sum(n[units != u]))
  est <- sum(k * coef(means)); se <- sqrt(as.numeric(t(k) %*% vcov(means) %*% k)); df <- df.residual(means)
  list(unit = u, difference = est, se = se, df = df, low = est - qt(.975, df) * se, high = est + qt(.975, df) * se,
       p = 2 * pt(-abs(est / se), df))
})
pair <- t(combn(units, 2))
pairs <- lapply(seq_len(nrow(pair)), function(i) {
  g <- lapply(pair[i, ], function(u) d$score[d$unit == u]); df <- df.residual(one_way)
  se <- sqrt(s2 * sum(1 / lengths(g))); est <- mean(g[[1]]) - mean(g[[2]])
  list(a = pair[i, 1], b = pair[i, 2], difference = est, se = se, p = 2 * pt(-abs(est / se), df))
})
welch <- lapply(units[units != "west"], function(u) {
  g <- d[d$unit == u, ]; t <- t.test(g$score[g$year == 2026], g$score[g$year == 2025])
  list(unit = u, difference = unname(t$estimate[1] - t$estimate[2]), se = t$stderr, df = unname(t$parameter),
       low = t$conf.int[1], high = t$conf.int[2], p = t$p.value)
})
mixed <- function(formula, data) {
  m <- suppressMessages(lmer(formula, data, control = tight))
  list(fixed = unname(fixef(m)), fixed_se = unname(sqrt(diag(as.matrix(vcov(m))))),
       variances = lapply(VarCorr(m), as.numeric), residual = sigma(m)^2, reml = as.numeric(REMLcrit(m)),
       effects = lapply(ranef(m), function(r) as.list(setNames(r[, 1], rownames(r)))),
       conditional_sd = lapply(ranef(m, condVar = TRUE), function(r) as.list(setNames(sqrt(attr(r, "postVar")[1, 1, ]), rownames(r)))))
}
power <- function(n, power = .8, level = .95) power.t.test(n = n, sd = 1.1, power = power, sig.level = 1 - level, strict = TRUE, tol = 1e-12)$delta
ci <- function(x) as.numeric(x)
out <- list(
  data = d, flat = flat, nested = nested[, c("municipality", "unit", "year", "score")],
  mean = list(values = north, mean = mean(north), sd = sd(north), se = sd(north) / sqrt(14), ci95 = ci(t.test(north)$conf.int),
              ci90 = ci(t.test(north, conf.level = .9)$conf.int),
              weights = weights, weighted = as.numeric(coef(svymean(~y, w))), weighted_se = as.numeric(SE(svymean(~y, w))),
              weighted_ci95 = ci(confint(svymean(~y, w), df = 13)), N = 40, weighted_se_fpc = as.numeric(SE(svymean(~y, wf)))),
  pooled = list(sd = sqrt(s2), df = df.residual(one_way)),
  wilson = lapply(list(c(0, 7), c(3, 12), c(9, 9), c(41, 88)), function(k)
    list(successes = k[1], n = k[2], ci95 = ci(suppressWarnings(prop.test(k[1], k[2], correct = FALSE))$conf.int),
         ci99 = ci(suppressWarnings(prop.test(k[1], k[2], conf.level = .99, correct = FALSE))$conf.int))),
  alpha = list(items = items, alpha = alpha),
  adjust = list(p = p, bh = p.adjust(p, "BH"), holm = p.adjust(p, "holm")),
  power = list(n = c(2, 5, 10, 30, 100, 400), d = sapply(c(2, 5, 10, 30, 100, 400), power),
               d90_99 = sapply(c(2, 5, 10, 30, 100, 400), power, power = .9, level = .99)),
  deviations = deviations, deviations_holm = p.adjust(sapply(deviations, `[[`, "p"), "holm"),
  pairs = pairs, pairs_holm = p.adjust(sapply(pairs, `[[`, "p"), "holm"), pairs_bh = p.adjust(sapply(pairs, `[[`, "p"), "BH"),
  welch = welch, welch_bh = p.adjust(sapply(welch, `[[`, "p"), "BH"),
  mixed = mixed(score ~ factor(year) + (1 | unit), d), mixed_flat = mixed(score ~ factor(year) + (1 | unit), flat),
  mixed_nested = mixed(score ~ factor(year) + (1 | municipality) + (1 | home), nested))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
