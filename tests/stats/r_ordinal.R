# The numbers in r_ordinal.json, computed with R's ordinal and stats (R 4.2.2, ordinal 2022.11.16).
# Run from tests/stats:  Rscript r_ordinal.R > r_ordinal.json
# wine: the data of the package, 72 ratings of bitterness (Randall 1989), the example of Christensen's vignette
# "Cumulative Link Models for Ordinal Regression"; scores: made up here, means of three items.
suppressMessages({library(ordinal); library(jsonlite)})
tight <- clm.control(gradTol = 1e-10)
fitted <- function(formula, data, level = .95) {
  m <- clm(formula, data = data, control = tight); s <- summary(m)$coefficients; k <- length(m$alpha)
  list(thresholds = as.list(m$alpha), threshold_se = s[1:k, 2], coefficients = unname(m$beta), se = unname(s[-(1:k), 2]),
       p = unname(s[-(1:k), 4]), ci = unname(confint(m, type = "Wald", level = level)[-(1:k), , drop = FALSE]), loglik = as.numeric(logLik(m)), n = m$n)
}
data(wine)
w <- data.frame(rating = as.integer(wine$rating), temp = as.character(wine$temp), contact = as.character(wine$contact))
scores <- data.frame(year = rep(c(2024L, 2026L), c(14, 13)), score = c(10, 11, 11, 12, 12, 12, 13, 13, 14, 9, 8, 15, 12, 10,
                     12, 13, 14, 14, 15, 16, 13, 12, 17, 18, 11, 14, 15) / 3)
two <- split(scores$score, scores$year)
out <- list(
  wine = list(data = w, fit = fitted(factor(rating, ordered = TRUE) ~ temp + contact, w), fit90 = fitted(factor(rating, ordered = TRUE) ~ temp + contact, w, .9)),
  scores = list(data = scores, fit = fitted(factor(round(3 * score), ordered = TRUE) ~ factor(year), scores),
                wilcoxon_p = wilcox.test(two[[2]], two[[1]], exact = FALSE, correct = FALSE)$p.value))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
