# The numbers in r_weights.json, computed with R's survey (R 4.2.2, survey 4.1.1).
# Run from tests/stats:  Rscript r_weights.R > r_weights.json
# The schools are the package's own example data: the stratified and the cluster sample of California's schools
# (Academic Performance Index), here as respondents of equal weight. The population's counts are those of the
# package's documentation (?rake, ?postStratify).
suppressMessages({library(survey); library(jsonlite)})
data(api)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
of <- function(data) {
  design <- svydesign(ids = ~1, weights = ~1, data = data)
  described <- function(d) {
    m <- svymean(~api00, d)
    # The linearised standard error for the weights as they are, without what the margins explain.
    plain <- svymean(~api00, svydesign(ids = ~1, weights = weights(d), data = data))
    list(weights = weights(d) / mean(weights(d)), mean = as.numeric(coef(m)), se = as.numeric(SE(plain)),
         se_calibrated = as.numeric(SE(m)))
  }
  list(data = data.frame(stype = as.character(data$stype), wide = as.character(data$sch.wide), api00 = data$api00),
       rake = described(rake(design, list(~stype, ~sch.wide), list(types, wide), control = list(maxit = 500, epsilon = 1e-10))),
       post = described(postStratify(design, ~stype, types)))
}
out <- list(strat = of(apistrat), cluster = of(apiclus1))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
