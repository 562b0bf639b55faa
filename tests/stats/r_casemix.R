# The numbers in r_casemix.json, computed with R's stats::lm (R 4.2.2).
# Run from tests/stats:  Rscript r_casemix.R > r_casemix.json
# The data are made up here; they go into the file with the results, so that both sides see the same.
suppressMessages(library(jsonlite))
set.seed(20)
n <- c(north = 23, south = 17, east = 30, west = 9)
d <- data.frame(unit = rep(names(n), n))
d$age <- sample(c("under-3", "3-4", "5-6"), nrow(d), TRUE, c(.3, .45, .25))
d$relation <- sample(c("parent", "other"), nrow(d), TRUE, c(.8, .2))
d$distance <- round(rexp(nrow(d), 1 / 4) + (d$unit == "east") * 2, 1)
d$score <- round(2 * (4 + .5 * (d$unit == "north") - .6 * (d$age == "under-3") - .05 * d$distance + rnorm(nrow(d)))) / 2
# The most frequent level is the reference, as there.
most <- function(x) relevel(factor(x), names(which.max(table(x))))
m <- lm(score ~ 0 + unit + age + relation + distance,
        within(d, {age <- most(age); relation <- most(relation)}))
x <- model.matrix(m)
units <- sort(unique(d$unit))
adjusters <- setdiff(colnames(x), paste0("unit", units))
# The unit's mean where every adjuster is at its mean over all respondents.
at <- cbind(diag(4), matrix(colMeans(x[, adjusters]), 4, length(adjusters), byrow = TRUE))
colnames(at) <- c(paste0("unit", units), adjusters)
at <- at[, names(coef(m))]
out <- list(data = d, beta = as.list(coef(m)[adjusters]), se = as.list(sqrt(diag(vcov(m)))[adjusters]),
            centre = as.list(colMeans(x[, adjusters])), residual = sigma(m)^2, df = df.residual(m), units = units,
            mean = as.numeric(tapply(d$score, d$unit, mean)[units]),
            adjusted = as.numeric(at %*% coef(m)), adjusted_se = sqrt(diag(at %*% vcov(m) %*% t(at))))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
