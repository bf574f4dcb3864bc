# Logistic regression of base R and MASS on drawn patients; profile bounds also as exact roots, because confint interpolates.
# Rscript tests/oracles/logistic.R > tests/oracles/logistic.json
suppressPackageStartupMessages({
  library(MASS)
  library(pROC)
  library(jsonlite)
})
set.seed(20261120)
strict <- list(epsilon = 1e-14, maxit = 100)

profile_root <- function(model, term, side, level = 0.95) {
  design <- model.matrix(model)
  rest <- design[, colnames(design) != term, drop = FALSE]
  estimate <- coef(model)[[term]]
  error <- sqrt(vcov(model)[term, term])
  excess <- function(value) {
    fixed <- glm.fit(rest, model$y, family = binomial(), offset = value * design[, term], control = strict)
    fixed$deviance - deviance(model) - qchisq(level, 1)
  }
  bounds <- sort(c(estimate, estimate + side * 6 * error))
  uniroot(excess, bounds, tol = 1e-13, maxiter = 1000)$root
}

fitted_model <- function(formula, data) {
  model <- glm(formula, binomial, data, control = strict, x = TRUE, y = TRUE)
  null <- glm(update(formula, . ~ 1), binomial, data, control = strict)
  terms <- names(coef(model))
  cox_snell <- 1 - exp((deviance(model) - deviance(null)) / nrow(data))
  list(
    rows = data,
    coefficients = unname(coef(model)),
    errors = unname(sqrt(diag(vcov(model)))),
    z = unname(summary(model)$coefficients[, 3]),
    p = unname(summary(model)$coefficients[, 4]),
    loglik = c(logLik(model)), null_loglik = c(logLik(null)), aic = AIC(model),
    nagelkerke = cox_snell / (1 - exp(-deviance(null) / nrow(data))),
    confint = unname(suppressMessages(confint(model))),
    roots = t(sapply(terms, function(term) c(profile_root(model, term, -1), profile_root(model, term, 1)))),
    area = c(ci.auc(roc(model$y, fitted(model), quiet = TRUE, direction = "<")))
  )
}

drawn <- function(n) {
  data <- data.frame(
    age = sample(21:84, n, TRUE), grade = sample(0:2, n, TRUE, c(0.5, 0.3, 0.2)),
    oedema = rbinom(n, 1, 0.4), slip = sample(0:95, n, TRUE)
  )
  predictor <- -1.5 + 0.03 * data$age + 0.6 * (data$grade == 1) - 0.9 * (data$grade == 2) + 0.5 * data$oedema - 0.1 * data$slip / 10
  data$success <- rbinom(n, 1, plogis(predictor))
  data
}

formula <- success ~ age + factor(grade) + oedema + I(slip / 10)
result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), MASS = as.character(packageVersion("MASS")),
                  pROC = as.character(packageVersion("pROC"))),
  models = list(fitted_model(formula, drawn(134)), fitted_model(formula, drawn(60)))
)
writeLines(toJSON(result, digits = NA, auto_unbox = TRUE, dataframe = "columns"))
