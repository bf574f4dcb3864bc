# Normality tests of base R and nortest on drawn samples, stored as frequencies.
# Rscript tests/oracles/normality.R > tests/oracles/normality.json
suppressPackageStartupMessages({
  library(nortest)
  library(jsonlite)
})
set.seed(20261120)

sample_of <- function(x) {
  counts <- table(x)
  shapiro <- shapiro.test(x)
  result <- list(
    values = as.integer(names(counts)), counts = as.integer(counts),
    shapiro = unname(c(shapiro$statistic, shapiro$p.value)),
    kolmogorov = unname(unlist(suppressWarnings(
      ks.test(x, "pnorm", 5, 2, exact = FALSE)
    )[c("statistic", "p.value")]))
  )
  if (length(x) >= 5) {
    lilliefors <- lillie.test(x)
    result$lilliefors <- unname(c(lilliefors$statistic, lilliefors$p.value))
  }
  result
}

near <- function(n, sd = 1000) as.integer(round(rnorm(n, 5000, sd)))
scores <- function(n) as.integer(pmin(10, pmax(0, round(rnorm(n, 5, 2)))))
result <- list(
  versions = list(R = as.character(getRversion()), nortest = as.character(packageVersion("nortest"))),
  samples = list(
    sample_of(c(1L, 2L, 4L)), sample_of(c(1L, 1L, 4L)), sample_of(near(4)), sample_of(near(5)),
    sample_of(near(6)), sample_of(near(11)), sample_of(near(12)), sample_of(near(20)), sample_of(near(99)),
    sample_of(near(100)), sample_of(near(101)), sample_of(near(400)), sample_of(near(5000)),
    sample_of(scores(10)), sample_of(scores(30)), sample_of(scores(200)), sample_of(scores(1000)),
    sample_of(scores(5000)), sample_of(as.integer(round(rexp(25, 1 / 300)))),
    sample_of(as.integer(round(rexp(500, 1 / 300)))), sample_of(as.integer(1:50)),
    sample_of(as.integer(c(rep(0, 30), 1:10))), sample_of(as.integer(c(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)))
  )
)
cat(toJSON(result, auto_unbox = TRUE, digits = NA), "\n")
