# Kappa, ICC and AUC from R, with the tables they were computed from. From the root of the checkout:
#   Rscript tests/oracles/agreement.R > tests/oracles/agreement.json
suppressPackageStartupMessages({
  library(psych)
  library(vcd)
  library(pROC)
  library(jsonlite)
})
set.seed(20261120)

grades <- list(
  tied = matrix(c(22, 4, 1, 3, 31, 6, 0, 5, 12), 3, byrow = TRUE),
  sparse = matrix(c(5, 0, 0, 0, 1, 0, 2, 0, 0, 1, 0, 3, 0, 0, 0, 4), 4, byrow = TRUE),
  unused = matrix(c(9, 2, 0, 1, 3, 8, 0, 2, 0, 0, 0, 0, 1, 1, 0, 7), 4, byrow = TRUE),
  opposed = matrix(c(1, 9, 8, 2), 2, byrow = TRUE),
  large = matrix(rpois(25, 40000) + diag(90000, 5), 5)
)
kappas <- lapply(grades, function(m) {
  one <- function(weights) {
    k <- Kappa(as.table(m), weights = weights)
    list(plain = unname(k$Unweighted), weighted = unname(k$Weighted), interval = unname(confint(k)[2, ]))
  }
  p <- suppressWarnings(cohen.kappa(m))
  list(table = m, linear = one("Equal-Spacing"), quadratic = one("Fleiss-Cohen"),
       psych = c(p$kappa, sqrt(p$var.kappa), p$weighted.kappa, sqrt(p$var.weighted)))
})

measured <- function(n, k, between, error, shift) {
  subject <- rnorm(n, 50, between)
  round(10 * (outer(subject, shift[1:k], "+") + matrix(rnorm(n * k, 0, error), n)))
}
readers <- list(
  good = measured(30, 2, 10, 3, c(0, 1)),
  biased = measured(24, 3, 8, 2, c(0, 6, -5)),
  unrelated = measured(15, 4, 0.1, 5, c(0, 0, 0, 0)),
  tied = matrix(sample(0:3, 40, TRUE), 10),
  tiny = matrix(c(1, 2, 4, 2, 2, 5), 3),
  large = measured(200, 3, 12, 4, c(0, 0.5, -0.5))
)
correlations <- lapply(readers, function(m) {
  found <- ICC(m, lmer = FALSE, alpha = 0.05)$results
  list(ratings = m, rows = as.matrix(found[, c("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")]))
})

scored <- function(positive, negative) list(positive = positive, negative = negative)
scores <- list(
  tied = scored(c(3, 5, 5, 7, 8, 8, 9, 10), c(0, 2, 3, 3, 4, 5, 5, 6, 8)),
  reversed = scored(c(1, 2, 2, 4, 3), c(5, 3, 6, 7, 7, 2)),
  two = scored(c(4, 9), c(3, 5)),
  levels = scored(sample(0:10, 400, TRUE, prob = 1:11), sample(0:10, 700, TRUE, prob = 11:1)),
  near_one = scored(c(7, 8, 9, 9, 10, 10, 10), c(1, 2, 2, 3, 4, 5, 8))
)
areas <- lapply(scores, function(s) {
  curve <- roc(controls = s$negative, cases = s$positive, direction = "<", quiet = TRUE)
  limits <- as.numeric(ci.auc(curve, conf.level = 0.95, method = "delong"))
  list(positive = s$positive, negative = s$negative, lower = limits[1], area = limits[2], upper = limits[3],
       variance = as.numeric(var(curve, method = "delong")))
})

cat(toJSON(list(kappa = kappas, icc = correlations, auc = areas), digits = NA, auto_unbox = TRUE), "\n")
