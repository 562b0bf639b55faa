# Fits the nested model with R's lme4 several times and prints the median seconds: lme4_once.R FOLDER TIMES
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
answers <- read.csv(file.path(arguments[1], "answers.csv"), stringsAsFactors = TRUE)
fit <- NULL
seconds <- sapply(seq_len(as.integer(arguments[2])), function(i) {
  system.time(fit <<- lmer(score ~ factor(year) + (1 | municipality / unit), answers))["elapsed"]
})
variances <- sapply(VarCorr(fit), as.numeric)
cat(sprintf('{"seconds": %.4f, "unit": %.8f, "municipality": %.8f, "residual": %.8f}\n',
            median(seconds), variances["unit:municipality"], variances["municipality"], sigma(fit)^2))
