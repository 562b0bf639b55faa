# The numbers in r_expected_range.json: the published over-dispersion and the shares' limits by the functions of
# FunnelPlotR (0.6.0, commit 9020d49, R/od_adjustment.R and R/calculate_limits.R), the rest by R's stats (4.2.2).
# Run from tests/stats, with FunnelPlotR's folder R:
#   Rscript r_expected_range.R FunnelPlotR/R > r_expected_range.json
# The data are made up here; they go into the file with the results, so that both sides see the same.
suppressMessages(library(jsonlite))
folder <- commandArgs(TRUE)[1]
source(file.path(folder, "od_adjustment.R")); source(file.path(folder, "calculate_limits.R"))

n <- c(12, 15, 18, 22, 25, 31, 36, 40, 44, 52, 58, 63, 77, 81, 95, 102, 118, 133, 150, 171, 190, 214, 260, 305, 388, 11, 29)
mean <- c(4.61, 3.92, 4.31, 5.15, 3.71, 4.22, 4.05, 4.47, 3.18, 4.13, 4.36, 4.02, 3.95, 4.58, 4.17, 4.29, 3.88, 4.41,
          4.08, 4.24, 3.76, 4.33, 4.19, 4.52, 4.11, 5.66, 2.90)
sd <- c(1.05, 1.21, 0.98, 1.1, 1.32, 1.08, 0.94, 1.15, 1.19, 1.02, 0.88, 1.24, 1.07, 1.13, 0.99, 1.18, 1.06, 1.01, 1.12,
        1.09, 1.16, 1.04, 1.11, 0.97, 1.1, 1.2, 1.3)
spread_out <- data.frame(unit = sprintf("u%02d", seq_along(n)), n = n, mean = mean, se = sd / sqrt(n))
# The same units with a third of their distance from the centre: nearer each other than chance has them.
alike <- transform(spread_out, mean = mean(mean) + (mean - mean(mean)) / 3)

published <- function(y, s, theta) {
  w <- winsorisation(data.frame(Uzscore = (y - theta) / s), 0.1)$Wuzscore
  phi <- phi_func(length(y), w)
  list(theta = theta, phi = phi, tau = sqrt(tau_func(length(y), phi, s)))
}
expectation <- integrate(function(z) pmin(pmax(z, qnorm(.1)), qnorm(.9))^2 * dnorm(z), -Inf, Inf, rel.tol = 1e-12)$value
consistent <- function(y, s, theta) {
  excess <- function(v) {
    z <- (y - theta) / sqrt(s^2 + v); q <- quantile(z, c(.1, .9), type = 7)
    mean(pmin(pmax(z, q[1]), q[2])^2) - expectation * (length(y) - 1) / length(y)
  }
  if (excess(0) <= 0) 0 else sqrt(uniroot(excess, c(0, 100), tol = 1e-15)$root)
}
both <- function(d, theta = mean(d$mean)) c(published(d$mean, d$se, theta), consistent = consistent(d$mean, d$se, theta))
judged <- function(d) {
  z <- (d$mean - mean(d$mean)) / sqrt(d$se^2 + consistent(d$mean, d$se, mean(d$mean))^2)
  list(z = z, p = 2 * pnorm(-abs(z)), outside = c(0, 95, 99, 99.8)[findInterval(abs(z), c(1.96, 2.58, 3.09), left.open = TRUE) + 1])
}

# Shares: FunnelPlotR's whole way for proportions, on the scale of the arcsine.
yes <- c(9, 14, 11, 20, 17, 28, 30, 29, 41, 40, 55, 49, 70, 62, 88, 81, 110, 101, 133, 140, 171, 166, 240, 251, 333, 4, 28)
arcsine <- transformed_zscore(data.frame(numerator = yes, denominator = n), data_type = "PR")
shares <- published(arcsine$Y, arcsine$s, arcsine$target_transformed[1])
limit_n <- c(3, 5, 8, 12, 20, 40, 100, 400, 2000)
limits <- function(target, tau2) {
  l <- calculate_limits(data.frame(number_seq = limit_n), "PR", tau2 = tau2, target = target, draw_adjusted = TRUE)
  as.list(l[c("odll95", "odul95", "odll998", "odul998")])
}

m <- c(4.6, 4.1, 3.2, 4.5, 5.9, 1.2, 4.25, 4.0); s <- c(.2, .1, .3, .05, .25, .4, .15, .02)
out <- list(
  expectation = expectation, spread_out = spread_out, alike = alike,
  estimates = list(spread_out = both(spread_out), alike = both(alike), given_theta = both(spread_out, 4.3)),
  judged = judged(spread_out),
  shares = c(list(y = arcsine$Y, se = arcsine$s), shares),
  share_limits = list(n = limit_n, high_share = limits(.9, 0), middle = limits(.5, .01), low_share = limits(.04, .0025)),
  targets = list(mean = m, se = s, desired = 4.5, acceptable = 4,
                 p_desired = pnorm(4.5, m, s, lower.tail = FALSE), p_unacceptable = pnorm(4, m, s),
                 p_acceptable = ifelse(m > 4.25, pnorm(4, m, s, lower.tail = FALSE) - pnorm(4.5, m, s, lower.tail = FALSE),
                                       pnorm(4.5, m, s) - pnorm(4, m, s))))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
