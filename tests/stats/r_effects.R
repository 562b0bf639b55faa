# The numbers in r_effects.json, computed with R's stats and clubSandwich (R 4.2.2, clubSandwich 0.5.8).
# Run from tests/stats:  Rscript r_effects.R > r_effects.json
# The data are made up here: ten units, four of them with a measure from 2024 on, one of the others away in 2021.
suppressMessages({library(clubSandwich); library(jsonlite)})
set.seed(20)
cells <- expand.grid(unit = letters[1:10], year = c(2021L, 2023L, 2025L), stringsAsFactors = FALSE)
cells <- cells[!(cells$unit == "h" & cells$year == 2021), ]
size <- c(4, 9, 6, 12, 5, 7, 10, 4, 8, 6)[match(cells$unit, letters)]
level <- c(-.8, .2, -.6, 0, .4, .9, -.2, .8, 0, .4)[match(cells$unit, letters)]
d <- cells[rep(seq_len(nrow(cells)), size + (cells$year == 2023)), ]
mean_of <- 4 + level[rep(seq_len(nrow(cells)), size + (cells$year == 2023))] + .3 * (d$unit %in% letters[1:4] & d$year == 2025)
d$score <- pmin(pmax(round(2 * (mean_of + rnorm(nrow(d)))) / 2, 1), 6)
m <- aggregate(score ~ unit + year, d, mean); m$n <- aggregate(score ~ unit + year, d, length)$score
m$D <- as.numeric(m$unit %in% letters[1:4] & m$year == 2025)
# What is expected to return of the last round before, with the reliability after Morris (1983).
s2 <- with(aggregate(score ~ unit + year, d, var), sum(score * (m$n - 1)) / sum(m$n - 1))
last <- m$year == 2023; theta <- weighted.mean(m$score[last], m$n[last]); others <- !(m$unit %in% letters[1:4])
shocks <- max(0, sigma(lm(score ~ unit + factor(year), m[others, ]))^2 - mean(s2 / m$n[others]))
chance <- shocks + s2 / m$n
tau2 <- max(0, var(m$score[last]) - mean(chance[last]))
k <- sum(last); unreliable <- (k - 3) / (k - 1) * chance / (chance + tau2)
m$raw <- m$score; m$without <- m$score - ifelse(last, unreliable * (m$score - theta), 0)
# Weighted least squares as the plain kind on rows times the root of n, with a column for every unit.
tested <- function(y) {
  x <- model.matrix(~ D + unit + factor(year), m) * sqrt(m$n); fit <- lm(I(y * sqrt(n)) ~ 0 + x, m)
  t <- coef_test(fit, vcov = vcovCR(fit, m$unit, type = "CR2"), coefs = "xD")
  list(effect = t$beta, se = t$SE, df = t$df_Satt, p = t$p_Satt)
}
respondents <- lm(score ~ unit + factor(year) + D, merge(d, m[, c("unit", "year", "D")]))
out <- list(data = d[order(d$unit, d$year), ], plain = tested(m$raw), corrected = tested(m$without),
            respondents = unname(coef(respondents)["D"]), reliability = 1 - mean(unreliable[last & !others]))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
